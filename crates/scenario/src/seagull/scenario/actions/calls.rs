//! Actions on the call: its keys, its connections, its line of external data.

use gannet_diag::Diagnostic;

use super::super::compile::Compiler;
use super::super::surroundings::External as Columns;
use super::Site;
use crate::attributes::{judge, number, required};
use crate::model::{Action, ChannelId, External, KeySource};
use crate::seagull::configuration::open_args;
use crate::seagull::xml::Element;

/// Stands for what the dictionary calls the session.
const DEFAULT_SESSION: &str = "default-session-id";

impl Compiler<'_> {
    /// `open args`; empty arguments are those of the channel.
    pub(super) fn open(&mut self, element: &Element) -> Option<Action> {
        judge(element, &["args"], self.diagnostics);
        let args = required(element, "args", self.diagnostics)?;
        if args.value.trim_ascii().is_empty() {
            return Some(Action::Open(None));
        }
        let args = open_args(self.file.source, args, self.diagnostics)?;
        Some(Action::Open(Some(args)))
    }

    /// `transport-option channel value`: TLS on a connection that is there already.
    pub(super) fn transport_option(&mut self, element: &Element) -> Option<Action> {
        judge(element, &["channel", "value"], self.diagnostics);
        if let Some(channel) = required(element, "channel", self.diagnostics) {
            self.channel(channel);
        }
        self.diagnostics.push(
            Diagnostic::error(
                "unsupported-action",
                "`transport-option` would turn a TCP connection into a TLS one, and there is no TLS",
                element.name_span.clone(),
            )
            .with_help("transports are UDP and TCP"),
        );
        None
    }

    /// `restore-from-external field` with `name` or `entity begin end`.
    pub(super) fn restore_from_external(
        &mut self,
        element: &Element,
        site: &Site<'_>,
    ) -> Option<Action> {
        self.judge_action(element, &["field", "name", "entity", "begin", "end"]);
        let column = self.column(element);
        let range = self.byte_range(element);
        let to = if let Some(name) = element.attribute("name") {
            External::Variable(self.names.store(name, self.diagnostics))
        } else if let Some(entity) = element.attribute("entity") {
            let field = self.field(entity, site.dictionary);
            External::Field(field?, range.ok()?)
        } else {
            self.diagnostics.push(Diagnostic::error(
                "missing-attribute",
                "`<restore-from-external>` needs `name` for a variable or `entity` for a field",
                element.name_span.clone(),
            ));
            return None;
        };
        Some(Action::External {
            column: column?,
            to,
        })
    }

    fn column(&mut self, element: &Element) -> Option<usize> {
        let attribute = required(element, "field", self.diagnostics);
        if self.around.external == Columns::NotNamed {
            self.diagnostics.push(
                Diagnostic::error(
                    "no-external-data",
                    "there are no external data to restore from",
                    element.name_span.clone(),
                )
                .with_help(
                    "the configuration names them with the traffic-param `external-data-file`",
                ),
            );
            return None;
        }
        let column: usize = number(attribute?, self.diagnostics)?;
        if let Columns::Columns(columns) = self.around.external
            && column >= columns
        {
            self.diagnostics.push(Diagnostic::error(
                "unknown-column",
                format!("the external data have {columns} columns, numbered from 0: there is no {column}"),
                attribute?.value_span.clone(),
            ));
            return None;
        }
        Some(column)
    }

    /// `set-new-session-id name entity`.
    pub(super) fn set_new_session_id(
        &mut self,
        element: &Element,
        site: &Site<'_>,
    ) -> Option<Action> {
        self.judge_action(element, &["name", "entity"]);
        if site.is_first && !site.before {
            self.diagnostics.push(
                Diagnostic::error(
                    "misplaced-action",
                    "`set-new-session-id` cannot stand in the first command of a channel",
                    element.name_span.clone(),
                )
                .with_help("the call has no session id before that command is done"),
            );
        }
        let variable = required(element, "name", self.diagnostics)
            .map(|name| self.names.restore(name, self.diagnostics));
        let field = required(element, "entity", self.diagnostics)
            .and_then(|entity| self.field(entity, site.dictionary));
        Some(Action::Rekey {
            variable: variable?,
            field: field?,
        })
    }

    /// `insert-in-map channel` with `name` or `entity`.
    pub(super) fn insert_in_map(&mut self, element: &Element, site: &Site<'_>) -> Option<Action> {
        self.judge_action(element, &["channel", "name", "entity"]);
        let channel = required(element, "channel", self.diagnostics)
            .and_then(|channel| self.channel(channel));
        let key = if let Some(name) = element.attribute("name") {
            if name.value == DEFAULT_SESSION {
                Some(KeySource::Session)
            } else if let Some(variable) = self.names.variable(&name.value) {
                Some(KeySource::Variable(variable))
            } else {
                let place = name.value_span.clone();
                let complaint = self
                    .names
                    .unknown_name(&name.value, place, self.file.source);
                self.diagnostics.push(complaint);
                None
            }
        } else if let Some(entity) = element.attribute("entity") {
            self.field(entity, site.dictionary).map(KeySource::Field)
        } else {
            self.diagnostics.push(Diagnostic::error(
                "missing-attribute",
                "`<insert-in-map>` needs `name` for a variable or `entity` for a field",
                element.name_span.clone(),
            ));
            None
        };
        Some(Action::InsertKey {
            channel: ChannelId(channel? as u16),
            key: key?,
        })
    }
}
