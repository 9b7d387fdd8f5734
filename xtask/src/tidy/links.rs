//! Relative links of Markdown files lead somewhere.

use crate::{finding::Finding, tree::Tree};

/// The demo newsroom's articles: their links are links of the site, not of the repository.
const SITE_CONTENT: &str = "seed/articles/";

/// Links to files that are not there.
pub(crate) fn broken(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.ending(".md").filter(|(path, _)| !path.starts_with(SITE_CONTENT)) {
        for (line, target) in targets(text) {
            if let Some(what) = complaint(tree, path, &target) {
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

fn complaint(tree: &Tree, path: &str, target: &str) -> Option<String> {
    let file = target.split(['#', '?']).next().unwrap_or_default();
    if file.is_empty() || is_absolute(target) {
        return None;
    }
    let Some(resolved) = resolve(path, file) else {
        return Some(format!("the link to {target} leaves the repository"));
    };
    (!tree.has(&resolved)).then(|| format!("the link to {target} leads nowhere: there is no {resolved}"))
}

/// A scheme stands before any slash: `https://…`, `mailto:…`.
fn is_absolute(target: &str) -> bool {
    target.starts_with("//") || target.split('/').next().is_some_and(|head| head.contains(':'))
}

/// The path from the root that `target` means in the file at `path`; `None` when it climbs out.
fn resolve(path: &str, target: &str) -> Option<String> {
    let from_root = target.strip_prefix('/');
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let start = if from_root.is_some() { "" } else { directory };
    let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
    for part in from_root.unwrap_or(target).split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The target of each inline link, image and link definition outside code, with its line.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut targets = Vec::new();
    let mut fence: Option<&str> = None;
    for (line, number) in text.lines().zip(1..) {
        let trimmed = line.trim_start();
        let sign = ["```", "~~~"].into_iter().find(|sign| trimmed.starts_with(sign));
        match (fence, sign) {
            (Some(open), Some(sign)) if open == sign => fence = None,
            (None, Some(sign)) => fence = Some(sign),
            (None, None) => targets.extend(in_line(line).into_iter().map(|target| (number, target))),
            _ => {}
        }
    }
    targets
}

fn in_line(line: &str) -> Vec<String> {
    // Every second piece between backticks is code.
    let prose = line.split('`').step_by(2).collect::<Vec<_>>().join("` `");
    let mut targets: Vec<_> =
        prose.split("](").skip(1).filter_map(|after| after.split(')').next()).map(target).collect();
    if let Some((label, definition)) = prose.trim_start().split_once("]: ")
        && label.starts_with('[')
        && !label.starts_with("[^")
    {
        targets.push(target(definition));
    }
    targets
}

/// A link's destination without its title and angle brackets.
fn target(destination: &str) -> String {
    let bare = destination.split_whitespace().next().unwrap_or_default();
    bare.trim_start_matches('<').trim_end_matches('>').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of(&[(path, text), ("docs/adr/0001-x.md", ""), ("LICENSE", "")]);
        broken(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_are_left_alone() {
        let text = "[a](adr/0001-x.md#why) [b](../LICENSE) [c](/docs/adr \"title\") [d](https://x.example) [e](#here)\n\
                    [f]: ../LICENSE\n![g](<adr/0001-x.md>) [h](mailto:a@b.example)";
        assert_eq!(found("docs/x.md", text), [""; 0]);
    }

    #[test]
    fn a_link_to_nothing_is_found_with_its_line() {
        assert_eq!(
            found("docs/x.md", "\n[a](adr/0002-y.md)\n[b]: ./gone.md"),
            [
                "docs/x.md:2: the link to adr/0002-y.md leads nowhere: there is no docs/adr/0002-y.md",
                "docs/x.md:3: the link to ./gone.md leads nowhere: there is no docs/gone.md",
            ]
        );
    }

    #[test]
    fn a_link_out_of_the_repository_is_found() {
        assert_eq!(found("README.md", "[a](../b.md)"), ["README.md:1: the link to ../b.md leaves the repository"]);
    }

    #[test]
    fn code_holds_no_links() {
        assert_eq!(found("x.md", "`[a](b.md)`\n```\n[a](b.md)\n```\n~~~md\n[a](b.md)\n~~~\n[^1]: a note"), [""; 0]);
    }

    #[test]
    fn the_demo_newsroom_links_to_its_own_site() {
        assert_eq!(found("seed/articles/01-x.md", "[a](/fr/port)"), [""; 0]);
    }
}
