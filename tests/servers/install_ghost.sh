#!/usr/bin/env bash
# A built Ghost for the tests: prints the folder it lies in, ready for `node index.js`.
#
# Minutes when cold, nothing when it is there already, so it lies outside the checkout.
# `npm install ghost` fails on the package's own `file:` dependency; unpacked and installed from
# inside by the yarn of its lock file it works. Needs Node 20 with its headers, a C++ compiler and Python.
set -euo pipefail
version=5.130.6
directory=${XDG_CACHE_HOME:-$HOME/.cache}/galley-tests/ghost-$version
if [ -f "$directory/.ready" ]; then
  echo "$directory/app"
  exit 0
fi
missing=$(for program in g++ make python3; do command -v "$program" >/dev/null || echo "$program"; done)
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2086 - a list of words
  { apt-get update -qq && apt-get -o DPkg::Lock::Timeout=500 install -y -qq --no-install-recommends $missing; } >/dev/null
fi
for program in node npm g++ make python3; do
  command -v "$program" >/dev/null || { echo "The tests at a real Ghost need Node 20, npm, a C++ compiler and Python: no $program." >&2; exit 1; }
done

mkdir -p "$directory"
exec 9>"$directory/.lock"
flock 9                       # two test runs at once: the second waits and finds it ready
if [ -f "$directory/.ready" ]; then
  echo "$directory/app"
  exit 0
fi
cd "$directory"
rm -rf app yarn
mkdir app yarn

(cd yarn && echo '{"private": true}' >package.json && npm install --no-audit --no-fund yarn@1.22.22 >yarn.log 2>&1)
npm pack --silent "ghost@$version" >/dev/null
tar xzf "ghost-$version.tgz" -C app --strip-components=1
rm "ghost-$version.tgz"

cd app
# A development dependency is a tarball on a host that is no registry; production needs none of them.
node -e '
const fs = require("fs"), about = JSON.parse(fs.readFileSync("package.json"));
delete about.devDependencies; delete about.scripts;
fs.writeFileSync("package.json", JSON.stringify(about, null, 2));'
# The lock file names its registry; ours may be a mirror.
registry=$(npm config get registry)
sed -i -E "s#https://registry\.(yarnpkg\.com|npmjs\.org)#${registry%/}#g" yarn.lock

headers=${npm_config_nodedir:-$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")}
npm_config_nodedir=$headers ../yarn/node_modules/.bin/yarn install --production --ignore-engines \
  --non-interactive --no-progress --registry "$registry" >../install.log 2>&1 || { tail -n 30 ../install.log >&2; exit 1; }
node -e 'require("sqlite3")'
touch "$directory/.ready"
echo "$directory/app"
