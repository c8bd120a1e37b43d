//! The profile file that is being written.

use std::fmt::Write as _;

use toml::Value;

use crate::profile::model::Profile;

/// Settings by group, in the order in which they were learned, and what could not be said.
#[derive(Debug, Default)]
pub(super) struct Document {
    groups: Vec<(&'static str, Vec<(&'static str, String)>)>,
    left_out: Vec<String>,
}

impl Document {
    /// Writes a setting. One that profiles do not take is told instead.
    pub(super) fn set(&mut self, group: &'static str, key: &'static str, value: impl Into<Value>) {
        let value = value.into();
        let text = value.to_string();
        if !is_accepted(&format!("{group}.{key}"), &text) {
            self.leave_out(format!("{group}.{key} = {text}"));
            return;
        }
        self.group(group).push((key, text));
    }

    /// Writes a setting that differs from what phones do anyway.
    pub(super) fn set_unless(
        &mut self,
        group: &'static str,
        key: &'static str,
        value: impl Into<Value>,
        usual: impl Into<Value>,
    ) {
        let value = value.into();
        if value != usual.into() {
            self.set(group, key, value);
        }
    }

    /// Writes a setting unless it is written already.
    pub(super) fn set_once(
        &mut self,
        group: &'static str,
        key: &'static str,
        value: impl Into<Value>,
    ) {
        if !self.group(group).iter().any(|(known, _)| *known == key) {
            self.set(group, key, value);
        }
    }

    /// Writes a list. Items that profiles do not take are told instead; `needed` are those without
    /// which the list is not taken at all.
    pub(super) fn set_list(
        &mut self,
        group: &'static str,
        key: &'static str,
        items: Vec<Value>,
        needed: &[&str],
    ) {
        let setting = format!("{group}.{key}");
        let mut taken = Vec::new();
        for item in items {
            let mut alone: Vec<Value> = needed.iter().map(|one| Value::from(*one)).collect();
            if !alone.contains(&item) {
                alone.push(item.clone());
            }
            if is_accepted(&setting, &Value::Array(alone).to_string()) {
                taken.push(item);
            } else {
                self.leave_out(format!(
                    "{setting} has {item}, which phones do not know yet"
                ));
            }
        }
        self.set(group, key, taken);
    }

    /// Tells what the device does and the profile does not say.
    pub(super) fn leave_out(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    /// What the device does and the profile does not say.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// The file, below these lines of comment.
    pub(super) fn write(&self, head: &[String]) -> String {
        let mut text = String::new();
        for line in head {
            writeln!(text, "# {line}").expect("a String takes all");
        }
        if !self.left_out.is_empty() {
            text.push_str("#\n# Seen, but not said below:\n");
            for line in &self.left_out {
                writeln!(text, "# - {line}").expect("a String takes all");
            }
        }
        for (group, settings) in &self.groups {
            writeln!(text, "\n[{group}]").expect("a String takes all");
            for (key, value) in settings {
                writeln!(text, "{key} = {value}").expect("a String takes all");
            }
        }
        text
    }

    fn group(&mut self, name: &'static str) -> &mut Vec<(&'static str, String)> {
        let known = self.groups.iter().position(|(group, _)| *group == name);
        let at = known.unwrap_or_else(|| {
            self.groups.push((name, Vec::new()));
            self.groups.len() - 1
        });
        &mut self.groups[at].1
    }
}

/// Whether a profile takes this value.
pub(super) fn is_accepted(setting: &str, value: &str) -> bool {
    Profile::default().with_override(setting, value).is_ok()
}
