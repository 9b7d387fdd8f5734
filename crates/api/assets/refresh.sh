#!/bin/sh
# Fetches the explorer's parts anew from the npm registry. Usage: ./refresh.sh [graphiql version]
# GraphiQL 4 is the last line that is published as one script; 5 needs a bundler and several megabytes.
set -eu
version="${1:-4.1.2}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts "graphiql@$version" react@18.3.1 react-dom@18.3.1 graphql@16 \
  @fontsource/roboto @fontsource/fira-code # for their licences only: the style sheet carries both fonts
cp node_modules/react/umd/react.production.min.js "$here/react.min.js"
cp node_modules/react-dom/umd/react-dom.production.min.js "$here/react-dom.min.js"
# The map is not served, so nobody should look for it.
sed '/^\/\/# sourceMappingURL=/d' node_modules/graphiql/graphiql.min.js >"$here/graphiql.min.js"
cp node_modules/graphiql/graphiql.min.css "$here/graphiql.min.css"
cp "$here/licenses.mjs" .
node licenses.mjs >"$here/LICENSES.txt"
cd "$here"
sha256sum react.min.js react-dom.min.js graphiql.min.js graphiql.min.css
echo "Now set VERSION in ../src/graphql/explorer.rs to $version and the sums in README.md."
