//! `docs/devices.md` lists every setting with what the plain profile says of it.
//!
//! `BLESS=1 cargo test -p gannet-phone --test phone devices_page` writes the page again.

use std::fmt::Write as _;
use std::path::Path;

use gannet_phone::ProfileLibrary;
use gannet_phone::profile::{setting_names, unsupported_settings};

const HEAD: &str = "\
# Device profiles: every setting

A profile is a TOML file (`gannet devices` lists those that are there, `gannet devices NAME` shows one,
`gannet devices learn CAPTURE` writes one from what a real phone sent). It says what differs from the
plain values below, or from another profile that it `inherits`. A feature changes a setting of one phone:
`Alice uses generic phone with quirks.duplicate-contact true`. See [devices](../devices/README.md).

<!-- Generated from devices/generic.toml:
     BLESS=1 cargo test -p gannet-phone --test phone devices_page -->
";

/// A setting as `generic.toml` writes it.
struct Setting {
    name: String,
    plain: String,
    about: String,
}

#[test]
fn the_page_of_the_settings_is_what_the_plain_profile_says() {
    let wanted = page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/devices.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &wanted).expect("the page can be written");
    }
    let present = std::fs::read_to_string(&path).expect("docs/devices.md");
    assert!(
        present == wanted,
        "docs/devices.md is out of date; BLESS=1 writes it again"
    );
}

fn page() -> String {
    let library = ProfileLibrary::shipped();
    let text = library.source("generic").expect("shipped").text();
    let values: toml::Table = text.parse().expect("TOML");
    let mut page = HEAD.to_owned();
    let mut listed = Vec::new();
    for (group, about, settings) in groups(text) {
        assert!(!about.is_empty(), "[{group}] has no comment above it");
        write!(page, "\n## [{group}]\n\n{about}\n\n").expect("a String takes all");
        page.push_str("| key | plain value | what it is |\n|---|---|---|\n");
        for setting in settings {
            let Setting { name, about, .. } = &setting;
            assert!(!about.is_empty(), "{group}.{name} has no comment");
            let value = values[&group][name].to_string();
            assert!(value.parse::<toml::Value>().is_ok() || !setting.plain.is_empty());
            let cell = |text: &str| text.replace('|', "\\|");
            writeln!(page, "| `{name}` | `{}` | {} |", cell(&value), cell(about))
                .expect("a String takes all");
            listed.push(format!("{group}.{name}"));
        }
    }
    listed.sort();
    let mut known: Vec<_> = setting_names().collect();
    known.sort();
    assert_eq!(listed, known);
    page.push_str("\n## Not supported yet\n\nThese are errors, not ignored:\n\n");
    for setting in unsupported_settings() {
        writeln!(
            page,
            "- `{}.{}`: {}",
            setting.group, setting.name, setting.about
        )
        .expect("a String takes all");
    }
    page
}

/// The tables of the file with their settings; a comment above a table or a key is about it, and so is
/// one behind a value.
fn groups(text: &str) -> Vec<(String, String, Vec<Setting>)> {
    let mut groups: Vec<(String, String, Vec<Setting>)> = Vec::new();
    let mut above = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            above.push(comment.trim().to_owned());
            continue;
        }
        let about = std::mem::take(&mut above).join(" ");
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_end_matches(']').to_owned();
            groups.push((name, about, Vec::new()));
        } else if let Some((name, rest)) = line.split_once(" = ")
            && !line.starts_with(' ')
        {
            let (plain, behind) = cut_comment(rest);
            let about = if about.is_empty() { behind } else { about };
            let (_, _, settings) = groups.last_mut().expect("a key stands in a table");
            settings.push(Setting {
                name: name.to_owned(),
                plain,
                about,
            });
        }
    }
    groups
}

/// A value and the comment behind it.
fn cut_comment(text: &str) -> (String, String) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => {
                let (value, comment) = text.split_at(at);
                let comment = comment.trim_start_matches('#').trim();
                return (value.trim().to_owned(), comment.to_owned());
            }
            _ => {}
        }
    }
    (text.trim().to_owned(), String::new())
}
