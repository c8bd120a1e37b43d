//! The dependency tables of a `Cargo.toml`, read line by line so that a finding has its line.

/// How a crate is depended on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Build,
    Dev,
    /// An entry of `[workspace.dependencies]`: declared, not used.
    Workspace,
}

/// One entry of a dependency table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Line, counted from 1.
    pub(super) line: usize,
}

/// The dependencies of every table in the manifest, target-specific ones too.
pub(super) fn dependencies(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut table = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let (kind, name) = table_of(header);
            table = kind.filter(|_| name.is_none());
            if let (Some(kind), Some(name)) = (kind, name) {
                found.push(Dependency {
                    name,
                    kind,
                    line: index + 1,
                });
            }
        } else if let (Some(kind), Some((key, _))) = (table, line.split_once('=')) {
            let name = key
                .split('.')
                .next()
                .unwrap_or_default()
                .trim()
                .trim_matches('"');
            // The second line of an array holds no key.
            if !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || "-_".contains(c))
            {
                found.push(Dependency {
                    name: name.into(),
                    kind,
                    line: index + 1,
                });
            }
        }
    }
    found
}

/// The kind of dependency table that a header opens, and the crate when the table is one entry.
fn table_of(header: &str) -> (Option<Kind>, Option<String>) {
    let tables = [
        ("dev-dependencies", Kind::Dev),
        ("build-dependencies", Kind::Build),
        ("workspace.dependencies", Kind::Workspace),
        ("dependencies", Kind::Normal),
    ];
    for (table, kind) in tables {
        let Some((before, after)) = header.rsplit_once(table) else {
            continue;
        };
        let opens = before.is_empty() || (before.starts_with("target.") && before.ends_with('.'));
        match after.strip_prefix('.') {
            Some(name) if opens => return (Some(kind), Some(name.trim_matches('"').into())),
            None if opens && after.is_empty() => return (Some(kind), None),
            _ => {}
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_entry_is_found() {
        let text = "\
[package]
name = \"x\"
[dependencies]
a.workspace = true
b = { version = \"1\", features = [
  \"c\",
] } # not d = 1
[dependencies.e]
version = \"1\"
[target.'cfg(unix)'.dependencies]
f = \"1\"
[dev-dependencies]
g = \"1\"
[build-dependencies]
h = \"1\"
[workspace.dependencies]
i = \"1\"
[features]
j = []
";
        let found = dependencies(text);
        let shown: Vec<_> = found
            .iter()
            .map(|d| (d.name.as_str(), d.kind, d.line))
            .collect();
        let expected = [
            ("a", Kind::Normal, 4),
            ("b", Kind::Normal, 5),
            ("e", Kind::Normal, 8),
            ("f", Kind::Normal, 11),
            ("g", Kind::Dev, 13),
            ("h", Kind::Build, 15),
            ("i", Kind::Workspace, 17),
        ];
        assert_eq!(shown, expected);
    }
}
