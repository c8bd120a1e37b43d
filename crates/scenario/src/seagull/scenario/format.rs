//! Formats: texts with `$(name)` in them.

use gannet_diag::Diagnostic;

use super::compile::Compiler;
use crate::model::Template;
use crate::seagull::xml::Attribute;

impl Compiler<'_> {
    /// Compiles a format. `$(name)` is a counter, else a variable that exists by now; any other `$`
    /// is one (Seagull drops it and the character after it).
    pub(super) fn format(&mut self, attribute: &Attribute) -> Option<Template> {
        let text = attribute.value.as_str();
        let mut template = Template::default();
        let mut at = 0;
        let mut complete = true;
        while let Some(found) = text[at..].find("$(") {
            let start = at + found;
            template.push_bytes(&self.file.bytes(&text[at..start]));
            let Some(length) = text[start..].find(')') else {
                self.diagnostics.push(Diagnostic::error(
                    "unclosed-name",
                    "`$(` without `)`",
                    self.file.in_value(attribute, start..text.len()),
                ));
                return None;
            };
            let name = &text[start + 2..start + length];
            if let Some(slot) = self.names.slot(name) {
                template.push_slot(slot);
            } else {
                self.unknown_in_format(attribute, name, start + 2..start + length);
                complete = false;
            }
            at = start + length + 1;
        }
        template.push_bytes(&self.file.bytes(&text[at..]));
        complete.then_some(template)
    }

    fn unknown_in_format(
        &mut self,
        attribute: &Attribute,
        name: &str,
        range: std::ops::Range<usize>,
    ) {
        let place = self.file.in_value(attribute, range);
        let mut diagnostic = self.names.unknown_name(name, place, self.file.source);
        if self
            .around
            .parameters
            .iter()
            .any(|(known, _)| known == name)
        {
            diagnostic = diagnostic
                .with_help("config-params stand in the texts of messages, not in formats");
        }
        self.diagnostics.push(diagnostic);
    }
}
