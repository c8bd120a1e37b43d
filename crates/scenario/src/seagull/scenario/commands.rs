//! `<send>` and `<wait-ms>`, and what `<send>` and `<receive>` have in common.

use gannet_diag::Diagnostic;

use super::actions::Site;
use super::blocks::Blocks;
use super::compile::Compiler;
use super::distribution::length;
use super::section::{DraftStep, Position, Progress};
use crate::attributes::{judge, number, optional_number, required};
use crate::model::{ChannelId, Pause, Retransmit, Send, Step, StepKind, Template};
use crate::seagull::xml::Element;

/// RFC 3261 17.1.1.1: T1 and T2 unless something else is said.
const T1_MS: u64 = 500;
const T2_MS: u64 = 4000;

impl Compiler<'_> {
    /// `<send channel label retrans t1-ms t2-ms>`.
    pub(super) fn send(
        &mut self,
        element: &Element,
        position: &Position,
        progress: &mut Progress,
    ) -> Option<DraftStep> {
        judge(
            element,
            &["channel", "label", "retrans", "t1-ms", "t2-ms"],
            self.diagnostics,
        );
        let retransmit = self.retransmit(element);
        let (channel, blocks) = self.exchange(element, position, progress, false);
        let message = blocks.message?;
        let kind = StepKind::Send(Send {
            channel: ChannelId(channel? as u16),
            message: message.id?,
            header: Template::fixed(message.header.as_slice()),
            body: message.body.as_deref().map(Template::fixed),
            before: Vec::new(),
            after: Vec::new(),
            retransmit: retransmit.ok()?,
        });
        Some(DraftStep {
            step: step(element, message.name.clone(), kind),
            place: element.name_span.clone(),
            channel,
            message: Some(message),
            before: blocks.before,
            after: blocks.after,
        })
    }

    /// `<wait-ms>`.
    pub(super) fn wait(&mut self, element: &Element) -> Option<DraftStep> {
        let (length, name) = length(element, self.diagnostics)?;
        Some(DraftStep {
            step: step(element, name, StepKind::Pause(Pause { length })),
            place: element.name_span.clone(),
            channel: None,
            message: None,
            before: Vec::new(),
            after: Vec::new(),
        })
    }

    /// The channel and the blocks of a command that sends or receives.
    pub(super) fn exchange(
        &mut self,
        element: &Element,
        position: &Position,
        progress: &mut Progress,
        receives: bool,
    ) -> (Option<usize>, Blocks) {
        let attribute = required(element, "channel", self.diagnostics);
        let channel = attribute.and_then(|attribute| self.channel(attribute));
        let is_first = progress.uses(channel);
        if let (Some(attribute), Some(channel)) = (attribute, channel)
            && is_first
            && receives
            && !self.correlated
            && !progress.is_primary(channel)
        {
            self.diagnostics.push(
                Diagnostic::error(
                    "second-channel",
                    "a second channel may not begin with receiving when there is no `<correlation>`",
                    attribute.value_span.clone(),
                )
                .with_help("nothing would say which call the message belongs to; a `<correlation>` does"),
            );
        }
        let around = self.around;
        let dictionary = around.dictionary(channel);
        let site = Site {
            dictionary,
            message: None,
            receives,
            before: true,
            // With a correlation only the call's very first command has no key to be changed.
            is_first: is_first && (!self.correlated || position.step == 0),
            step: position.step,
            steps: position.steps,
        };
        (channel, self.blocks(element, dictionary, &site))
    }

    /// `retrans="MS"`, which needs `retrans-enabled`, or `retrans="rfc3261"`.
    fn retransmit(&mut self, element: &Element) -> Result<Option<Retransmit>, ()> {
        let retrans = element.attribute("retrans");
        let by_rfc = retrans.is_some_and(|found| found.value == "rfc3261");
        if !by_rfc {
            for name in ["t1-ms", "t2-ms"] {
                if let Some(attribute) = element.attribute(name) {
                    self.diagnostics.push(Diagnostic::error(
                        "contradiction",
                        format!("`{name}` goes with `retrans=\"rfc3261\"`"),
                        attribute.name_span.clone(),
                    ));
                    return Err(());
                }
            }
        }
        let Some(retrans) = retrans else {
            return Ok(None);
        };
        if by_rfc {
            let t1_ms = optional_number(element, "t1-ms", self.diagnostics)?.unwrap_or(T1_MS);
            let t2_ms = optional_number(element, "t2-ms", self.diagnostics)?.unwrap_or(T2_MS);
            if t1_ms == 0 || t2_ms < t1_ms {
                self.diagnostics.push(Diagnostic::error(
                    "bad-range",
                    format!(
                        "T1 is {t1_ms} ms and T2 is {t2_ms} ms: T1 must be above 0 and not above T2"
                    ),
                    retrans.value_span.clone(),
                ));
                return Err(());
            }
            return Ok(Some(Retransmit::Rfc3261 { t1_ms, t2_ms }));
        }
        let interval_ms: u64 = number(retrans, self.diagnostics).ok_or(())?;
        let enabled = self.around.retransmits && interval_ms > 0;
        Ok(enabled.then_some(Retransmit::Every { interval_ms }))
    }
}

/// A step of a command.
pub(super) fn step(element: &Element, name: String, kind: StepKind) -> Step {
    Step {
        name,
        label: element.attribute("label").map(|label| label.value.clone()),
        span: element.span.clone(),
        kind,
    }
}
