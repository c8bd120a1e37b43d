//! The files themselves.

use std::fs;
use std::path::PathBuf;

use crate::run::{examples, gannet};

/// The scenarios as the README names them, `folder/file.xml`, with their folder.
fn scenarios() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(examples()).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|it| it == "xml") {
                let name = path.strip_prefix(examples()).unwrap();
                found.push((name.display().to_string(), path));
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

#[test]
fn all_are_without_fault() {
    let names: Vec<String> = scenarios().into_iter().map(|(name, _)| name).collect();
    let checked = format!("{} arguments checked, nothing found", names.len());
    gannet(&format!("check {}", names.join(" "))).ends(0, &[&checked]);
}

#[test]
fn each_begins_with_the_commands_that_play_it() {
    for (name, path) in scenarios() {
        let text = fs::read_to_string(path).unwrap();
        let comment = text.split("<!--").nth(1).unwrap_or_default();
        let comment = comment.split("-->").next().unwrap_or_default();
        let is_played = comment.contains(&format!("sf {name}"));
        assert!(is_played && comment.contains("gannet sipp "), "{name}");
        let after = text.find("<scenario").unwrap() > text.find("<!--").unwrap();
        assert!(after, "{name}: the comment stands first");
    }
}

#[test]
fn the_readme_names_each_folder() {
    let readme = fs::read_to_string(examples().join("README.md")).unwrap();
    for (name, _) in scenarios() {
        let folder = name.split('/').next().unwrap();
        assert!(readme.contains(&format!("| `{folder}` |")), "{folder}");
    }
}
