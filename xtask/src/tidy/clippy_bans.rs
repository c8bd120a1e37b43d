//! Every crate of the pure layers has the same `clippy.toml`, so that the ban of clocks, sockets,
//! files, threads and randomness cannot be forgotten or thinned out in one of them.

use super::layers;
use crate::finding::Finding;
use crate::tree::TextFile;

const CHECK: &str = "clippy-bans";
const MODEL: &str = "crates/sip/clippy.toml";

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let text_of = |path: &str| {
        files
            .iter()
            .find(|file| file.path == path)
            .map(|file| &file.text)
    };
    let mut findings = Vec::new();
    for file in files {
        let name = file
            .path
            .strip_prefix("crates/")
            .and_then(|rest| rest.strip_suffix("/Cargo.toml"));
        let Some(name) = name.filter(|name| layers::is_pure(name)) else {
            continue;
        };
        let path = format!("crates/{name}/clippy.toml");
        match text_of(&path) {
            None => {
                let message = format!("no clippy.toml here: copy {MODEL}");
                findings.push(Finding::new(CHECK, &file.path, 1, message));
            }
            Some(text) if Some(text) != text_of(MODEL) => {
                findings.push(Finding::new(
                    CHECK,
                    &path,
                    1,
                    format!("differs from {MODEL}"),
                ));
            }
            Some(_) => {}
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pure_crate_has_the_bans_of_the_others() {
        let files = [
            TextFile::new("crates/sip/Cargo.toml", ""),
            TextFile::new("crates/sip/clippy.toml", "a"),
            TextFile::new("crates/sdp/Cargo.toml", ""),
            TextFile::new("crates/sdp/clippy.toml", "b"),
            TextFile::new("crates/ua/Cargo.toml", ""),
            TextFile::new("crates/net/Cargo.toml", ""),
        ];
        let found = check(&files);
        let places: Vec<&str> = found.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(places, ["crates/sdp/clippy.toml", "crates/ua/Cargo.toml"]);
    }
}
