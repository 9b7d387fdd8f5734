// Opens the explorer on the question every front page asks.
(function () {
  'use strict';

  var QUERY = [
    '# What a front page asks for.',
    '# Run it with Ctrl-Enter.',
    '',
    'query SectionFront {',
    '  articles(first: 5) {',
    '    nodes {',
    '      headline',
    '      publishedAt',
    '      authors {',
    '        author {',
    '          name',
    '        }',
    '      }',
    '      categories {',
    '        name',
    '      }',
    '    }',
    '    pageInfo {',
    '      hasNextPage',
    '      endCursor',
    '    }',
    '  }',
    '}',
    '',
  ].join('\n');

  // Beside this page, wherever a proxy has put it.
  var url = new URL('graphql', window.location.href).toString();
  var root = ReactDOM.createRoot(document.getElementById('explorer'));
  root.render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: url }),
      defaultQuery: QUERY,
      defaultEditorToolsVisibility: false,
      shouldPersistHeaders: false,
    })
  );
})();
