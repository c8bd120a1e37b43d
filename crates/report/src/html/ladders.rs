//! Calls as a page.

use super::page::{escape, page};
use crate::ladder::Ladder;
use crate::text::add;

/// A page of ladders, each with its title.
pub fn ladder_page(title: &str, ladders: &[(String, Ladder)]) -> String {
    let mut body = format!("<h1>{}</h1>\n", escape(title));
    for (name, ladder) in ladders {
        let problems = match ladder.problems() {
            0 => String::new(),
            1 => " <span class=\"badge warn\">1 problem</span>".to_owned(),
            more => format!(" <span class=\"badge warn\">{more} problems</span>"),
        };
        add!(
            body,
            "<section><h2>{}{problems}</h2>{}</section>\n",
            escape(name),
            ladder.svg()
        );
    }
    page(title, &body)
}
