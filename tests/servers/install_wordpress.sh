#!/bin/sh
# WordPress as Debian packages it, PHP and MariaDB; as root it installs what is missing. Nothing is started.
packages="wordpress wordpress-theme-twentytwentythree php-cli php-mysql php-curl php-gd php-xml php-mbstring php-zip mariadb-server"
# shellcheck disable=SC2086 - a list of words
if dpkg-query -W -f '${Status}\n' $packages 2>/dev/null | grep -c "install ok installed" | grep -qx "$(echo $packages | wc -w)"; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=500 install -y -qq --no-install-recommends $packages >/dev/null && exit 0
fi
echo "The tests at real servers need these Debian packages: $packages" >&2
exit 1
