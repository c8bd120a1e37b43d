//! `[pbx.features]`, `[pbx.numbers]`, `[pbx.users.NAME]`: what the embedded server does beside calls
//! from phone to phone.

use std::collections::BTreeMap;
use std::time::Duration;

use gannet_pbx::{Action, Capability, Forward, ForwardMarks, Number, Numbers, Transfer};

use super::reader::{At, Named, Section};

/// What the embedded server does beside calls from phone to phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PbxExtensions {
    /// Its numbers and what is switched off. Users in it are named as features or as the server
    /// name them.
    pub numbers: Numbers,
    /// Who carries out transfers.
    pub transfer: Transfer,
    /// How long a parked call waits before it returns.
    pub park_return: Option<Duration>,
    /// What forwarded calls say about it.
    pub forward_marks: ForwardMarks,
    /// Whether texts for users whose phones are away are kept.
    pub keep_messages: bool,
    /// What is set for users at the start, by their names in features.
    pub users: BTreeMap<String, PbxUserSettings>,
}

/// What is set for a user at the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PbxUserSettings {
    /// Do not disturb.
    pub dnd: bool,
    /// The pickup group.
    pub group: Option<String>,
    /// Forwards; targets are named as features or as the server name them.
    pub forward: Forward,
}

pub(super) fn read(pbx: &mut Section<'_, '_, '_>) -> PbxExtensions {
    let mut extensions = PbxExtensions::default();
    features(pbx, &mut extensions);
    if let Some(section) = pbx.section("numbers") {
        for name in section.names() {
            number(&section, &name, &mut extensions.numbers);
        }
    }
    if let Some(section) = pbx.section("users") {
        for (name, section) in section.named_sections() {
            extensions.users.insert(name.value, user(section));
        }
    }
    extensions
}

fn features(pbx: &mut Section<'_, '_, '_>, extensions: &mut PbxExtensions) {
    let Some(mut section) = pbx.section("features") else {
        return;
    };
    for capability in Capability::ALL {
        let key = capability.key();
        if capability == Capability::Transfer && section.is_text(key) {
            let words = [("server", Transfer::Server), ("relay", Transfer::Relay)];
            extensions.transfer = section.choice(key, &words).unwrap_or_default();
        } else if let Some(on) = section.boolean(key) {
            extensions.numbers.switch(capability, on);
        }
    }
    let marks = &mut extensions.forward_marks;
    for (key, mark) in [
        ("diversion", &mut marks.diversion),
        ("history_info", &mut marks.history_info),
        ("being_forwarded", &mut marks.being_forwarded),
    ] {
        *mark = section.boolean(key).unwrap_or_default();
    }
    extensions.keep_messages = section.boolean("keep_messages").unwrap_or_default();
    extensions.park_return = section.time("park_return");
    section.finish();
}

fn number(section: &Section<'_, '_, '_>, name: &At<String>, numbers: &mut Numbers) {
    let pattern = name.value.as_str();
    let action = match section.named(pattern) {
        Some(Named::Text(word)) => {
            let action = Action::named(&word.value);
            if action.is_none() {
                let words: Vec<_> = Action::words().collect();
                let expected = format!(
                    "{}, {{ hunt = [..] }} or {{ queue = [..] }}",
                    words.join(", ")
                );
                section.bad_value(pattern, &expected, word.span);
            }
            action
        }
        Some(Named::Table(mut table)) => {
            let users = |texts: Option<Vec<At<String>>>| {
                let texts = texts?.into_iter().map(|text| text.value);
                Some(texts.collect::<Vec<_>>())
            };
            let hunt = users(table.strings("hunt"));
            let queue = users(table.strings("queue"));
            let span = table.span.clone();
            table.finish();
            match (hunt, queue) {
                (Some(hunt), None) => Some(Action::Hunt(hunt)),
                (None, Some(queue)) => Some(Action::Queue(queue)),
                _ => {
                    section.bad_value(pattern, "hunt = [..] or queue = [..]", span);
                    None
                }
            }
        }
        None => None,
    };
    if let Some(action) = action {
        let number = Number::new(pattern, action);
        let is_list = matches!(number.action, Action::Hunt(_) | Action::Queue(_));
        if number.digits.is_empty() || is_list && number.takes_more {
            let expected = "a number; {n} may end those that take more, as in \"*71{n}\"";
            return section.bad_value(pattern, expected, name.span.clone());
        }
        numbers.set(number);
    }
}

fn user(mut section: Section<'_, '_, '_>) -> PbxUserSettings {
    let text = |section: &mut Section<'_, '_, '_>, key| {
        let text = section.string(key)?;
        Some(text.value)
    };
    let settings = PbxUserSettings {
        dnd: section.boolean("dnd").unwrap_or_default(),
        group: text(&mut section, "group"),
        forward: Forward {
            always: text(&mut section, "forward_always"),
            on_busy: text(&mut section, "forward_busy"),
            on_no_answer: text(&mut section, "forward_no_answer"),
            no_answer: section.time("no_answer"),
        },
    };
    section.finish();
    settings
}
