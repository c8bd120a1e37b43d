//! The scenarios that are played against SIPp, in `interop/sipp/pairs`: what SIPp takes loads, and what
//! it refuses does not.
#![expect(clippy::disallowed_methods, reason = "a test may read its fixtures")]

use std::path::{Path, PathBuf};

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::{InjectionInfo, Options, load};

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../interop/sipp/pairs"
    ))
}

fn read(path: &Path) -> NamedBytes {
    NamedBytes {
        name: path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned(),
        bytes: std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    }
}

/// What `-key`, `-inf` and `-infindex` in the arguments beside a scenario say.
fn options(scenario: &Path) -> Options {
    let name = scenario.file_stem().expect("a name").to_string_lossy();
    let pair = name.rsplit_once('_').map_or("", |(pair, _)| pair);
    let arguments = folder().join(format!("{pair}.args"));
    let text = std::fs::read_to_string(arguments).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut files: Vec<InjectionInfo> = Vec::new();
    let mut keys = Vec::new();
    for (at, word) in words.iter().enumerate() {
        match *word {
            "-key" => keys.push((words[at + 1].to_owned(), words[at + 2].to_owned())),
            "-inf" | "-rxinf" => {
                let loaded = InjectionFile::load(&read(&folder().join(words[at + 1])));
                let shown = gannet_diag::render(&loaded.source, &loaded.diagnostics, false);
                files.push(loaded.file.unwrap_or_else(|| panic!("{shown}")).info());
            }
            "-infindex" => {
                let found = files.iter_mut().find(|file| file.name == words[at + 1]);
                found.expect("a file before its index").is_indexed = true;
            }
            _ => {}
        }
    }
    Options {
        keys,
        injection: Some(files),
        ..Options::default()
    }
}

#[test]
fn what_sipp_takes_loads() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let loaded = load(&read(&path), &options(&path));
        let shown = gannet_diag::render(&loaded.source, &loaded.diagnostics, false);
        let name = loaded.source.name();
        let is_refused = name.starts_with("refused_") && name.ends_with("_uac.xml");
        assert_eq!(loaded.scenario.is_none(), is_refused, "{name}\n{shown}");
        count += 1;
    }
    assert!(count >= 40, "{count} scenarios");
}
