//! `docs/steps.md` says what `gannet steps` says.
//!
//! `BLESS=1 cargo test -p gannet-cli --test cli steps_page` writes the page again.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::bench::Bench;

const HEAD: &str = "\
# The steps

Every sentence that a feature may use. `gannet steps TEXT` searches them. Any keyword (`Given`, `When`,
`Then`, `And`, `But`, `*`) goes with any sentence. A name is bare or in double quotes. Words in braces
are parameters, listed at the end; text in parentheses may be left out, `a/b` means one of both.

A sentence marked *within* may end in ` within <time>`, which replaces the default bound of its wait:
`Bob receives INVITE within 3 seconds`. One marked *condition* may follow `wait until`.

<!-- Generated: BLESS=1 cargo test -p gannet-cli --test cli steps_page -->
";

#[test]
fn the_page_of_the_steps_is_what_the_binary_lists() {
    let run = Bench::new().run("steps --json");
    run.expect(0, &[]);
    let wanted = page(&serde_json::from_str(&run.out).expect("JSON"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/steps.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &wanted).expect("the page can be written");
    }
    let present = std::fs::read_to_string(&path).expect("docs/steps.md");
    assert!(
        present == wanted,
        "docs/steps.md is out of date; BLESS=1 writes it again"
    );
}

fn page(listed: &Value) -> String {
    let steps = listed["steps"].as_array().expect("steps");
    assert!(!steps.is_empty());
    let mut sections: Vec<&str> = Vec::new();
    for step in steps {
        if !sections.contains(&text(step, "section")) {
            sections.push(text(step, "section"));
        }
    }
    let mut page = HEAD.to_owned();
    for section in sections {
        write!(page, "\n## {section}\n\n").expect("a String takes all");
        for step in steps.iter().filter(|step| text(step, "section") == section) {
            let [pattern, about, example] =
                ["pattern", "about", "example"].map(|key| text(step, key));
            let within = if step["within"] == true {
                " *within*"
            } else {
                ""
            };
            let condition = if step["condition"] == true {
                " *condition*"
            } else {
                ""
            };
            writeln!(page, "- `{pattern}`{within}{condition}  \n  {about}")
                .expect("a String takes all");
            if example != pattern {
                writeln!(page, "  Example: `{example}`").expect("a String takes all");
            }
        }
    }
    page.push_str("\n## Parameters\n\n| parameter | stands for |\n|---|---|\n");
    for (name, about) in listed["parameters"].as_object().expect("parameters") {
        let about = about.as_str().expect("text").replace('|', "\\|");
        writeln!(page, "| `{{{name}}}` | {about} |").expect("a String takes all");
    }
    page
}

fn text<'a>(step: &'a Value, key: &str) -> &'a str {
    step[key].as_str().expect("text")
}
