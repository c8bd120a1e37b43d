//! Arguments of sentences that can be judged before the run: methods, settings, files.

use std::ops::Range;
use std::path::Path;

use gannet_diag::{Diagnostic, nearest};
use gannet_sip::Method;

use super::bind::Binder;
use super::scope::variables_in;
use crate::library::judge_table;
use crate::vocabulary::{Matched, Table};

impl<R: FnMut(Diagnostic)> Binder<'_, R> {
    /// Methods of one's own are allowed, slips of the pen are not.
    pub(super) fn check_method(&mut self, text: &str, span: Range<usize>) {
        let method = text.rsplit(' ').next().unwrap_or(text);
        let known = Method::KNOWN.each_ref().map(Method::as_str);
        let is_code = method.starts_with(|first: char| first.is_ascii_digit());
        if is_code || known.contains(&method) {
            return;
        }
        let near = nearest(method, known, 2);
        if !near.is_empty() {
            let message = format!("there is no method `{method}`");
            (self.report)(
                Diagnostic::error("unknown-method", message, span).with_suggestions(&near),
            );
        }
    }

    /// The table below the sentence, if its cells are all written out.
    pub(super) fn check_whole_table(
        &mut self,
        matched: &Matched,
        table: Option<&Table>,
        span: Range<usize>,
    ) {
        let mut cells = table.iter().flat_map(|table| table.rows().iter().flatten());
        if cells.any(|cell| !variables_in(cell).is_empty()) {
            return;
        }
        if let Err(fault) = judge_table(matched.definition.pattern, table) {
            (self.report)(Diagnostic::error("bad-table", fault.summary, span));
        }
    }

    /// A setting of the profile that a sentence changes.
    pub(super) fn check_override(&mut self, matched: &Matched, span: Range<usize>) {
        let [_, profile, key, value] = &matched.arguments[..] else {
            return;
        };
        let texts = [&profile.text, &key.text, &value.text];
        if !matched
            .definition
            .pattern
            .ends_with("phone with {word} {word}")
            || texts.iter().any(|text| !variables_in(text).is_empty())
        {
            return;
        }
        let Ok(loaded) = self.scope.profiles.load(&profile.text) else {
            return;
        };
        if let Err(error) = loaded.with_override(&key.text, &value.text) {
            let message = format!("`{} {}` cannot be set", key.text, value.text);
            (self.report)(
                Diagnostic::error("bad-setting", message, span).with_help(error.to_string()),
            );
        }
    }
}

/// Whether a name is that of a file with audio, where a phone is meant to stand.
pub(crate) fn is_media_file(name: &str) -> bool {
    let extension = Path::new(name)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| {
        ["wav", "pcap", "pcapng", "mp3"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}
