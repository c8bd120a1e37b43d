//! The scenario with what is looked up in it per message.

use std::sync::Arc;

use gannet_events::traffic::{Layout, ProtocolLayout, SectionLayout, StepDirection, StepLayout};
use gannet_scenario::model::{
    Action, ChannelId, MessageId, Protocol, Scenario, Section, SectionId, SectionKind, SetText,
    StepKind,
};
use hashbrown::HashMap;

use super::Place;

/// The scenario with what is looked up in it per message.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) scenario: Arc<Scenario>,
    pub(super) traffic: SectionId,
    pub(super) init: Option<SectionId>,
    pub(super) abort: Option<SectionId>,
    /// Default sections, in the order in which they are tried.
    pub(super) defaults: Vec<SectionId>,
    pub(super) is_client: bool,
    /// A step sends messages again while nothing comes.
    pub(super) retransmits: bool,
    /// By protocol: the types of messages.
    types: Vec<HashMap<Box<[u8]>, MessageId, foldhash::fast::FixedState>>,
}

impl Plan {
    pub(super) fn new(scenario: Arc<Scenario>) -> Self {
        let section = |kind| scenario.section(kind);
        let types = scenario.protocols.iter().map(types_of).collect();
        let mut defaults = Vec::new();
        while let Some(id) = section(SectionKind::Default(defaults.len() as u16)) {
            defaults.push(id);
        }
        Self {
            traffic: section(SectionKind::Traffic)
                .expect("a front end gives no scenario without a traffic section"),
            init: section(SectionKind::Init),
            abort: section(SectionKind::Abort),
            defaults,
            is_client: scenario.is_client(),
            retransmits: scenario.sections.iter().any(retransmits),
            types,
            scenario,
        }
    }

    #[inline]
    pub(super) fn section(&self, id: u16) -> &Section {
        &self.scenario.sections[usize::from(id)]
    }

    /// The channel of a step that sends or receives.
    pub(super) fn channel_of(&self, place: Place) -> ChannelId {
        let step = self.section(place.section.0).steps.get(place.step);
        match step.map(|step| &step.kind) {
            Some(StepKind::Send(send)) => send.channel,
            Some(StepKind::Receive(receive)) => receive.channel,
            Some(StepKind::Pause(_)) | None => ChannelId(0),
        }
    }

    #[inline]
    pub(super) fn protocol(&self, channel: ChannelId) -> &Protocol {
        self.scenario.protocol(channel)
    }

    /// The type of a message by the value of the type field.
    #[inline]
    pub(super) fn type_of(&self, channel: ChannelId, name: &[u8]) -> Option<MessageId> {
        let protocol = self.scenario.channels[channel.index()].protocol;
        self.types[protocol.index()].get(name).copied()
    }
}

fn types_of(protocol: &Protocol) -> HashMap<Box<[u8]>, MessageId, foldhash::fast::FixedState> {
    let mut types = HashMap::with_hasher(foldhash::fast::FixedState::default());
    for (at, name) in protocol.messages.iter().enumerate() {
        types
            .entry(name.as_bytes().into())
            .or_insert(MessageId(at as u16));
    }
    types
}

fn retransmits(section: &Section) -> bool {
    section
        .steps
        .iter()
        .any(|step| matches!(&step.kind, StepKind::Send(send) if send.retransmit.is_some()))
}

/// Whether actions change the message that they work on.
pub(super) fn edits(actions: &[Action]) -> bool {
    actions.iter().any(|action| {
        matches!(
            action,
            Action::SetField { .. } | Action::Restore { .. } | Action::SetFieldBit { .. }
        ) || matches!(
            action,
            Action::External {
                to: gannet_scenario::model::External::Field(..),
                ..
            }
        )
    })
}

/// What there is to count in a scenario.
pub fn layout(scenario: &Scenario, response_bounds_ms: &[u64]) -> Layout {
    Layout {
        scenario: scenario.name.clone(),
        is_client: scenario.is_client(),
        sections: scenario
            .sections
            .iter()
            .map(|section| SectionLayout {
                name: section.kind.to_string(),
                steps: section
                    .steps
                    .iter()
                    .map(|step| StepLayout {
                        name: step.name.clone(),
                        direction: match step.kind {
                            StepKind::Send(_) => StepDirection::Sent,
                            StepKind::Receive(_) => StepDirection::Received,
                            StepKind::Pause(_) => StepDirection::Pause,
                        },
                    })
                    .collect(),
            })
            .collect(),
        protocols: scenario
            .protocols
            .iter()
            .map(|protocol| ProtocolLayout {
                name: protocol.name.clone(),
                messages: protocol.messages.clone(),
            })
            .collect(),
        response_bounds_ms: response_bounds_ms.to_vec(),
    }
}

/// Whether a text is worked on with the message's body.
pub(super) fn wants_body(how: SetText) -> bool {
    matches!(how, SetText::Authorization { with_body: true })
}
