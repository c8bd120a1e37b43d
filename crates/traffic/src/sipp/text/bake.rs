//! What is the same for the whole run, turned into bytes once.

use gannet_scenario::model::Piece;
use gannet_scenario::sipp::model::{Action, Keyword, Media, Scenario, Step, StepKind, Text};

use super::constant;
use super::writer::Writer;
use crate::sipp::{Settings, Sockets};

/// The text with all that is the same for the whole run as bytes. It renders to the same.
pub(in crate::sipp) fn bake(text: &Text, settings: &Settings) -> Text {
    let mut baked = Text::default();
    // A keyword that may be absent takes white space from the literal that comes next: bytes that
    // were a keyword must not stand in its way.
    let mut may_trim = false;
    for piece in &text.pieces {
        match piece {
            Piece::Bytes(bytes) => {
                may_trim = false;
                baked.push_bytes(bytes);
            }
            Piece::Slot(keyword) => match constant_of(keyword, settings) {
                Some(bytes) if !may_trim => baked.push_bytes(&bytes),
                _ => {
                    may_trim |= vanishes(keyword);
                    baked.push_slot(with_baked(keyword, settings));
                }
            },
        }
    }
    baked
}

/// The scenario with all its texts baked.
pub(in crate::sipp) fn bake_scenario(scenario: &Scenario, settings: &Settings) -> Scenario {
    let mut baked = scenario.clone();
    for step in baked.init.iter_mut().chain(&mut baked.steps) {
        bake_step(step, settings);
    }
    let defaults = &mut baked.defaults;
    for text in [
        &mut defaults.twin_abort,
        &mut defaults.ack,
        &mut defaults.ack_2xx,
        &mut defaults.bye,
        &mut defaults.cancel,
        &mut defaults.ok,
    ]
    .into_iter()
    .flatten()
    {
        *text = bake(text, settings);
    }
    baked
}

fn bake_step(step: &mut Step, settings: &Settings) {
    for text in texts_mut(step) {
        *text = bake(text, settings);
    }
}

/// The texts of a step and of its actions.
fn texts_mut(step: &mut Step) -> Vec<&mut Text> {
    let mut texts = match &mut step.kind {
        StepKind::Send(send) => vec![&mut send.text],
        StepKind::SendCommand(send) => vec![&mut send.text],
        _ => Vec::new(),
    };
    for action in &mut step.actions {
        match action {
            Action::Log(text)
            | Action::Warning(text)
            | Action::Error(text)
            | Action::AssignText { text, .. }
            | Action::Lookup { key: text, .. }
            | Action::Insert { value: text, .. }
            | Action::Command(text) => texts.push(text),
            Action::Replace { line, value, .. } => texts.extend([line, value]),
            Action::SetDestination {
                host,
                port,
                protocol,
            } => texts.extend([host, port, protocol]),
            Action::VerifyAuth(verify) => {
                texts.extend([&mut verify.username, &mut verify.password]);
            }
            Action::Media(media) => match &mut **media {
                Media::PlayCapture { file: text, .. }
                | Media::PlayDtmf(text)
                | Media::RtpStream(text)
                | Media::RtpEcho(text) => texts.push(text),
            },
            _ => {}
        }
    }
    texts
}

fn constant_of(keyword: &Keyword, settings: &Settings) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match keyword {
        Keyword::LocalPort(offset) if settings.sockets == Sockets::Shared => {
            Writer::new(&mut out).signed(i64::from(settings.facts.local_port) + i64::from(*offset));
        }
        Keyword::MediaPort(offset, None) => {
            Writer::new(&mut out).signed(i64::from(settings.facts.media_port) + i64::from(*offset));
        }
        keyword if constant::is_constant(keyword, settings) => {
            constant::append(keyword, settings, &mut Writer::new(&mut out));
        }
        _ => return None,
    }
    Some(out)
}

/// Whether white space behind an absent value vanishes.
fn vanishes(keyword: &Keyword) -> bool {
    matches!(
        keyword,
        Keyword::LastHeader { .. } | Keyword::Variable(_) | Keyword::Field(_) | Keyword::Routes
    )
}

/// The keyword with the texts inside it baked.
fn with_baked(keyword: &Keyword, settings: &Settings) -> Keyword {
    let mut keyword = keyword.clone();
    match &mut keyword {
        Keyword::File(name) => **name = bake(name, settings),
        Keyword::Field(of) => {
            if let Some(line) = &mut of.line {
                *line = bake(line, settings);
            }
        }
        Keyword::Authentication(credentials) => {
            for text in [
                &mut credentials.username,
                &mut credentials.password,
                &mut credentials.aka_k,
                &mut credentials.aka_op,
                &mut credentials.aka_amf,
            ]
            .into_iter()
            .flatten()
            {
                *text = bake(text, settings);
            }
        }
        _ => {}
    }
    keyword
}
