//! Actions on variables, counters and fields.

use gannet_diag::{Diagnostic, Diagnostics};

use super::super::compile::Compiler;
use super::Site;
use crate::attributes::{choice, judge, number, optional_number, required, unknown};
use crate::model::{Action, Field, Fill, Finder, SetText, Template};
use crate::seagull::dictionary::pattern;
use crate::seagull::text_file::TextFile;
use crate::seagull::xml::{Attribute, Element};

impl Compiler<'_> {
    /// `inc-counter name`.
    pub(super) fn inc_counter(&mut self, element: &Element) -> Option<Action> {
        judge(element, &["name"], self.diagnostics);
        let name = required(element, "name", self.diagnostics)?;
        let counter = self.names.required_counter(name, self.diagnostics)?;
        Some(Action::IncrementCounter(counter))
    }

    /// `inc-var name value`.
    pub(super) fn inc_var(&mut self, element: &Element) -> Option<Action> {
        judge(element, &["name", "value"], self.diagnostics);
        let by = optional_number(element, "value", self.diagnostics);
        let name = required(element, "name", self.diagnostics)?;
        let variable = self.names.store(name, self.diagnostics);
        Some(Action::IncrementVariable {
            variable,
            by: by.ok()?.unwrap_or(1),
        })
    }

    /// `store name entity begin end`, with a `<regexp>` of its own or without.
    pub(super) fn store(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["name", "entity", "begin", "end"]);
        let range = self.byte_range(element);
        let variable = required(element, "name", self.diagnostics)
            .map(|name| self.names.store(name, self.diagnostics));
        let field = required(element, "entity", self.diagnostics)
            .and_then(|entity| self.field(entity, site.dictionary));
        let regexp = element.elements().find(|child| child.name == "regexp");
        let own = match regexp {
            Some(regexp) => Some(pattern(regexp, &self.file, self.diagnostics)?),
            None => None,
        };
        let (variable, field, range) = (variable?, field?, range.ok()?);
        let Some(own) = own else {
            return Some(Action::Store {
                variable,
                field,
                range,
            });
        };
        let entity = &site.dictionary?.protocol.fields[field.index()];
        Some(Action::StoreMatch {
            variable,
            finder: Box::new(Field {
                name: entity.name.clone(),
                place: entity.place,
                finder: Finder::Patterns(vec![own]),
                format: None,
            }),
            range,
        })
    }

    /// `restore name entity begin end`.
    pub(super) fn restore(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["name", "entity", "begin", "end"]);
        let range = self.byte_range(element);
        let variable = required(element, "name", self.diagnostics)
            .map(|name| self.names.restore(name, self.diagnostics));
        let field = required(element, "entity", self.diagnostics)
            .and_then(|entity| self.field(entity, site.dictionary));
        Some(Action::Restore {
            field: field?,
            variable: variable?,
            range: range.ok()?,
        })
    }

    /// `set-value name format method message_part fill-pattern fill-size`.
    pub(super) fn set_value(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(
            element,
            &[
                "name",
                "format",
                "method",
                "message_part",
                "fill-pattern",
                "fill-size",
            ],
        );
        let field = required(element, "name", self.diagnostics)
            .and_then(|name| self.field(name, site.dictionary));
        let format = required(element, "format", self.diagnostics);
        let text = format.and_then(|format| self.format(format));
        let method = element.attribute("method");
        if let (Some(format), None) = (format, method)
            && format.value.is_empty()
        {
            self.diagnostics.push(Diagnostic::error(
                "bad-format",
                "the format is empty, and there is no method that would make a value",
                format.value_span.clone(),
            ));
            return None;
        }
        let fill = fill(element, &self.file, self.diagnostics);
        let how = match method {
            Some(method) => self.method(element, method, site, text.as_ref()),
            None => Some(SetText::Plain),
        };
        Some(Action::SetField {
            field: field?,
            text: text?,
            how: how?,
            fill: fill.ok()?,
        })
    }

    /// What an external method does, with what `message_part` and the format say.
    fn method(
        &mut self,
        element: &Element,
        method: &Attribute,
        site: &Site<'_>,
        text: Option<&Template>,
    ) -> Option<SetText> {
        // `auth-int` covers the body (RFC 2617 3.2.2.3), so the whole message hands it over too.
        const PARTS: [(&str, bool); 4] = [
            ("nothing", false),
            ("header", false),
            ("body", true),
            ("all", true),
        ];
        let part = match element.attribute("message_part") {
            Some(part) => choice(part, &PARTS, self.diagnostics)?,
            None => false,
        };
        let methods = &site.dictionary?.methods;
        let Some(found) = methods.iter().find(|known| known.name == method.value) else {
            let names = methods.iter().map(|known| &known.name);
            self.diagnostics.push(
                unknown(
                    "unknown-method",
                    "there is no external method",
                    method,
                    names,
                )
                .with_help("methods are defined in the dictionary's `<external-method>`"),
            );
            return None;
        };
        Some(match found.does {
            SetText::Authorization { .. } => SetText::Authorization { with_body: part },
            SetText::WallSeconds { .. } => SetText::WallSeconds {
                offset: self.start_offset(element, text)?,
            },
            other => other,
        })
    }

    /// `startoffset=SECONDS` in the format of a method that gives the time.
    fn start_offset(&mut self, element: &Element, text: Option<&Template>) -> Option<i64> {
        const KEY: &[u8] = b"startoffset=";
        let format = element.attribute("format")?;
        let offset = text?.as_fixed().map(|text| {
            let Some(at) = memchr::memmem::find(text, KEY) else {
                return Some(0);
            };
            let value = text[at + KEY.len()..].split(|byte| *byte == b';').next()?;
            std::str::from_utf8(value).ok()?.trim().parse().ok()
        });
        let offset = offset.flatten();
        if offset.is_none() {
            self.diagnostics.push(Diagnostic::error(
                "bad-number",
                "the format holds `startoffset=` and a number of seconds, or nothing",
                format.value_span.clone(),
            ));
        }
        offset
    }

    /// `set-bit name entity position value`: a bit of a variable. Seagull wants an entity and makes
    /// nothing of it.
    pub(super) fn set_bit(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["name", "entity", "position", "value"]);
        let bit = self.bit(element);
        if let Some(entity) = element.attribute("entity") {
            self.field(entity, site.dictionary);
        }
        let name = required(element, "name", self.diagnostics)?;
        let variable = self.names.declare(name, self.diagnostics);
        let (position, value) = bit?;
        Some(Action::SetBit {
            variable,
            position,
            value,
        })
    }

    /// `set-value-bit entity position value`: a bit of a field.
    pub(super) fn set_value_bit(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["entity", "position", "value"]);
        let bit = self.bit(element);
        let entity = required(element, "entity", self.diagnostics)?;
        let field = self.field(entity, site.dictionary)?;
        let (position, value) = bit?;
        Some(Action::SetFieldBit {
            field,
            position,
            value,
        })
    }

    fn bit(&mut self, element: &Element) -> Option<(usize, bool)> {
        const BITS: [(&str, bool); 2] = [("0", false), ("1", true)];
        let position = required(element, "position", self.diagnostics)
            .and_then(|attribute| number(attribute, self.diagnostics));
        let value = required(element, "value", self.diagnostics)
            .and_then(|attribute| choice(attribute, &BITS, self.diagnostics));
        Some((position?, value?))
    }

    /// `log format`.
    pub(super) fn log(&mut self, element: &Element) -> Option<Action> {
        judge(element, &["format"], self.diagnostics);
        let format = required(element, "format", self.diagnostics)?;
        self.format(format).map(Action::Log)
    }
}

/// `fill-pattern` and `fill-size`: what stands before a value that is too short.
fn fill(
    element: &Element,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Fill>, ()> {
    let size = optional_number::<usize>(element, "fill-size", diagnostics)?;
    let pattern = element.attribute("fill-pattern");
    match (size, pattern) {
        (None, None) => Ok(None),
        (Some(size), Some(pattern)) if !pattern.value.is_empty() => Ok(Some(Fill {
            pattern: pattern_bytes(pattern, file, diagnostics)?.into(),
            size,
        })),
        _ => {
            diagnostics.push(Diagnostic::error(
                "missing-attribute",
                "`fill-size` and a `fill-pattern` that is not empty go together",
                element.name_span.clone(),
            ));
            Err(())
        }
    }
}

/// A text, or bytes in hexadecimal after `0x`.
fn pattern_bytes(
    attribute: &Attribute,
    file: &TextFile<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<u8>, ()> {
    let text = &attribute.value;
    let Some(digits) = text.strip_prefix("0x").filter(|digits| !digits.is_empty()) else {
        return Ok(file.bytes(text));
    };
    let bytes: Option<Vec<u8>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                Some((digit(*high)? * 16 + digit(*low)?) as u8)
            }
            _ => None,
        })
        .collect();
    bytes.ok_or_else(|| {
        diagnostics.push(Diagnostic::error(
            "bad-value",
            "after `0x` stand bytes in hexadecimal, two digits each",
            attribute.value_span.clone(),
        ));
    })
}
