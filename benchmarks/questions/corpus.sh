#!/bin/sh
# The corpus of the Debian questions: HTML pages of nine Debian 12 documentation packages, taken in by Galley itself.
#
#   sh benchmarks/questions/corpus.sh PAGES GALLEY_DATA
#
# PAGES and GALLEY_DATA are new folders: the pages as files, and the library made of them. The packages come first:
#
#   apt-get install --no-install-recommends python3.11-doc postgresql-doc-15 sqlite3-doc git-doc \
#       debian-handbook debian-reference-en debian-policy developers-reference exim4-doc-html
#
# Made with: python3.11-doc 3.11.2-6+deb12u9, postgresql-doc-15 15.20-0+deb12u1, sqlite3-doc 3.40.1-2+deb12u2,
# git-doc 1:2.39.5-0+deb12u3, debian-handbook 11.20220922, debian-reference-en 2.100, debian-policy 4.6.2.0,
# developers-reference 12.18, exim4-doc-html 4.96-1. Another release of a page shows as questions that no longer
# resolve, by name. Left out: indexes, diagrams, and what repeats other pages (links, SQLite's release log
# and lists of requirements).
set -eu
pages=$1 data=$2

take() { # take COLLECTION FOLDER [find's own conditions]
    collection=$1 from=$2
    shift 2
    (cd "$from" && find . -type f -name '*.html' ! -name '*genindex*' ! -name 'bookindex.html' ! -name 'search.html' \
        ! -path './_*' "$@" -exec cp --parents -t "$pages/$collection" {} +)
}

mkdir "$pages"
pages=$(cd "$pages" && pwd)
for name in handbook reference policy devref exim git sqlite python postgresql; do mkdir "$pages/$name"; done
take handbook /usr/share/doc/debian-handbook/html/en-US
take reference /usr/share/debian-reference ! -name index.html
take policy /usr/share/doc/debian-policy/policy.html
take devref /usr/share/developers-reference ! -name developers-reference.html
take exim /usr/share/doc/exim4-doc-html/spec_html
take git /usr/share/doc/git-doc ! -name index.html
take sqlite /usr/share/doc/sqlite3 ! -path './releaselog/*' ! -path './syntax/*' ! -name 'doc_*' ! -name capi3ref.html \
    ! -name requirements.html ! -name fileformat.html
take python /usr/share/doc/python3.11/html
take postgresql /usr/share/doc/postgresql-doc-15/html
for name in handbook reference policy devref exim git sqlite python postgresql; do
    GALLEY_DATA=$data "${PYTHON:-python}" -m core add "$pages/$name" --collection "$name"
done
