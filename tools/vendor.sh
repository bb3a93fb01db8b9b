#!/bin/bash
# Copy what the pages need from node_modules into the git-ignored web/static/vendor. Run after `npm ci`; running again changes nothing.
# We serve every byte ourselves: htmx, the design tokens of KRDS, the Pretendard font in its dynamic subset, the bpmn-js viewer, Chart.js.
set -euo pipefail
cd "$(dirname "$0")/.."
from=node_modules
to=web/static/vendor

mkdir -p "$to/pretendard" "$to/bpmn"
cp -p  "$from/htmx.org/dist/htmx.min.js"                                              "$to/htmx.min.js"
cp -p  "$from/krds-uiux/resources/css/token/krds_tokens.css"                          "$to/krds_tokens.css"
cp -p  "$from/pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css"     "$to/pretendard/pretendard.css"
cp -pr "$from/pretendard/dist/web/variable/woff2-dynamic-subset"                      "$to/pretendard/"
cp -p  "$from/bpmn-js/dist/bpmn-navigated-viewer.production.min.js"                   "$to/bpmn/viewer.js"
cp -p  "$from/bpmn-js/dist/assets/diagram-js.css" "$from/bpmn-js/dist/assets/bpmn-js.css" "$to/bpmn/"
cp -p  "$from/chart.js/dist/chart.umd.min.js"                                         "$to/chart.js"
