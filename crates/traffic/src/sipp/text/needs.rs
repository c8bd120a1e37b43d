//! What a scenario needs kept.

use gannet_scenario::model::Piece;
use gannet_scenario::sipp::model::{
    Action, Credentials, DefaultMessages, Keyword, Media, Scenario, SearchIn, Step, StepKind, Text,
};

/// What a scenario needs kept of what its calls receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sipp) struct Needs {
    /// The last received message.
    pub(in crate::sipp) last_message: bool,
    /// The tag of the peer.
    pub(in crate::sipp) peer_tag: bool,
    /// Where the peer's SDP wants media, and which ports the own SDP names.
    pub(in crate::sipp) media: bool,
    /// Both descriptions, for the keys in them.
    pub(in crate::sipp) descriptions: bool,
    /// A line of each injection file.
    pub(in crate::sipp) lines: bool,
}

impl Needs {
    /// Those of a scenario, its own default messages included.
    pub(in crate::sipp) fn of(scenario: &Scenario) -> Self {
        let mut needs = Self {
            lines: !scenario.files.is_empty(),
            ..Self::default()
        };
        for step in scenario.init.iter().chain(&scenario.steps) {
            needs.add_step(step);
        }
        let DefaultMessages {
            twin_abort,
            ack,
            ack_2xx,
            bye,
            cancel,
            ok,
        } = &scenario.defaults;
        for text in [twin_abort, ack, ack_2xx, bye, cancel, ok]
            .into_iter()
            .flatten()
        {
            needs.add(text);
        }
        // Keys are of use only where media are played.
        needs.descriptions &= needs.media;
        needs
    }

    /// And those of a text.
    pub(in crate::sipp) fn add(&mut self, text: &Text) {
        for piece in &text.pieces {
            let Piece::Slot(keyword) = piece else {
                continue;
            };
            match keyword {
                Keyword::LastHeader { .. }
                | Keyword::LastMessage
                | Keyword::LastRequestUri
                | Keyword::LastCseqNumber(_)
                | Keyword::NextUrl => self.last_message = true,
                Keyword::PeerTagParam => self.peer_tag = true,
                Keyword::RtpStreamPort(..) | Keyword::AutoMediaPort(..) => self.media = true,
                Keyword::Crypto(_) => self.descriptions = true,
                Keyword::File(name) => self.add(name),
                Keyword::Field(of) => {
                    if let Some(line) = &of.line {
                        self.add(line);
                    }
                }
                Keyword::Identity(of) => {
                    for text in [&of.key, &of.x5u, &of.orig, &of.dest] {
                        self.add(text);
                    }
                    for text in [&of.attest, &of.origid].into_iter().flatten() {
                        self.add(text);
                    }
                }
                Keyword::Authentication(credentials) => {
                    let Credentials {
                        username,
                        password,
                        aka_k,
                        aka_op,
                        aka_amf,
                    } = &**credentials;
                    let texts = [username, password, aka_k, aka_op, aka_amf];
                    for text in texts.into_iter().flatten() {
                        self.add(text);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_step(&mut self, step: &Step) {
        let receives = matches!(step.kind, StepKind::Receive(_));
        match &step.kind {
            StepKind::Send(send) => self.add(&send.text),
            StepKind::SendCommand(send) => self.add(&send.text),
            _ => {}
        }
        for action in &step.actions {
            self.add_action(action, receives);
        }
    }

    fn add_action(&mut self, action: &Action, receives: bool) {
        match action {
            Action::Log(text)
            | Action::Warning(text)
            | Action::Error(text)
            | Action::AssignText { text, .. }
            | Action::Lookup { key: text, .. }
            | Action::Insert { value: text, .. }
            | Action::Command(text) => self.add(text),
            Action::Replace { line, value, .. } => {
                self.add(line);
                self.add(value);
            }
            Action::SetDestination { host, port, .. } => {
                self.add(host);
                self.add(port);
            }
            Action::Ereg(ereg) => {
                let in_variable = matches!(ereg.search_in, SearchIn::Variable(_));
                self.last_message |= !receives && !in_variable;
            }
            Action::VerifyAuth(verify) => {
                self.last_message |= !receives;
                self.add(&verify.username);
                self.add(&verify.password);
            }
            Action::Media(media) => {
                self.media = true;
                match &**media {
                    Media::PlayCapture { file: text, .. }
                    | Media::PlayDtmf(text)
                    | Media::RtpStream(text)
                    | Media::RtpEcho(text) => self.add(text),
                }
            }
            _ => {}
        }
    }
}
