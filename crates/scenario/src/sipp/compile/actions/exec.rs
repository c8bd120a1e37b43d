//! `<exec>`.

use gannet_diag::{Diagnostic, Severity, nearest};

use crate::sipp::compile::context::Context;
use crate::sipp::model::{Action, Internal, Media, MediaKind, Text};
use crate::sipp::text::Names;
use crate::xml::{Attribute, Element};

/// What can be executed; if there are several, the first one here is.
const KINDS: [&str; 8] = [
    "command",
    "int_cmd",
    "play_pcap_audio",
    "play_pcap_image",
    "play_pcap_video",
    "play_dtmf",
    "rtp_stream",
    "rtp_echo",
];

/// Beginnings of what `rtp_echo` may be.
const ECHOS: [&str; 6] = [
    "startaudio",
    "updateaudio",
    "stopaudio",
    "startvideo",
    "updatevideo",
    "stopvideo",
];

/// What is executed.
pub(super) fn deed(element: &Element) -> Option<&Attribute> {
    KINDS.iter().find_map(|kind| element.attribute(kind))
}

/// The action.
pub(super) fn exec(element: &Element, context: &mut Context<'_>) -> Option<Action> {
    context.judge(element, &KINDS);
    let mut found = KINDS.iter().filter_map(|kind| element.attribute(kind));
    let Some(attribute) = found.next() else {
        context.tell(
            Diagnostic::error(
                "missing-attribute",
                "`<exec>` has nothing to do",
                element.name_span.clone(),
            )
            .with_help(format!("it needs one of {}", KINDS.join(", "))),
        );
        return None;
    };
    for other in found {
        context.warning(
            "no-effect",
            format!("`{}` has no effect beside `{}`", other.name, attribute.name),
            other.name_span.clone(),
        );
    }
    match attribute.name.as_str() {
        "command" => Some(Action::Command(text(attribute, context))),
        "int_cmd" => Some(Action::Internal(internal(attribute, context))),
        "play_dtmf" => Some(media(Media::PlayDtmf(text(attribute, context)))),
        "play_pcap_audio" => capture(attribute, MediaKind::Audio, context),
        "play_pcap_image" => capture(attribute, MediaKind::Image, context),
        "play_pcap_video" => capture(attribute, MediaKind::Video, context),
        "rtp_stream" => {
            let text = plain(attribute, context)?;
            judge_stream(attribute, &text, context);
            Some(media(Media::RtpStream(text)))
        }
        _ => {
            let text = plain(attribute, context)?;
            judge_echo(attribute, &text, context);
            Some(media(Media::RtpEcho(text)))
        }
    }
}

fn media(media: Media) -> Action {
    Action::Media(Box::new(media))
}

/// A text with keywords, entities decoded once.
fn text(attribute: &Attribute, context: &mut Context<'_>) -> Text {
    let text = context.value(attribute);
    context.text(&text)
}

/// A text without keywords; all of it may be one value of the command line in brackets.
fn plain(attribute: &Attribute, context: &mut Context<'_>) -> Option<Text> {
    let value = &attribute.value;
    let key = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let Some(key) = key else {
        return Some(Text::fixed(context.bytes(value)));
    };
    let keys = &context.options.keys;
    if let Some((_, value)) = keys.iter().find(|(known, _)| known == key) {
        return Some(Text::fixed(context.bytes(value)));
    }
    let near = nearest(key, keys.iter().map(|(known, _)| known), 3);
    let severity = if context.options.more_keys {
        Severity::Warning
    } else {
        Severity::Error
    };
    context.tell(
        Diagnostic::new(
            severity,
            "unknown-keyword",
            format!("there is no value `{key}` on the command line"),
            attribute.value_span.clone(),
        )
        .with_suggestions(&near)
        .with_help(format!(
            "`{}` takes a plain text or a value of -key",
            attribute.name
        )),
    );
    None
}

fn internal(attribute: &Attribute, context: &mut Context<'_>) -> Internal {
    const COMMANDS: [(&str, Internal); 3] = [
        ("stop_now", Internal::StopNow),
        ("stop_gracefully", Internal::StopGracefully),
        ("stop_call", Internal::StopCall),
    ];
    let found = COMMANDS.iter().find(|(name, _)| *name == attribute.value);
    if let Some((_, command)) = found {
        return *command;
    }
    let names = COMMANDS.iter().map(|(name, _)| *name);
    context.tell(
        Diagnostic::warning(
            "bad-value",
            format!(
                "`{}` is no command: it is taken for `stop_call`",
                attribute.value
            ),
            attribute.value_span.clone(),
        )
        .with_suggestions(&nearest(&attribute.value, names, 3)),
    );
    Internal::StopCall
}

fn capture(attribute: &Attribute, kind: MediaKind, context: &mut Context<'_>) -> Option<Action> {
    let file = plain(attribute, context)?;
    if file.as_fixed() == Some(b"") {
        context.error(
            "bad-value",
            "the name of the capture is empty",
            attribute.value_span.clone(),
        );
    }
    Some(media(Media::PlayCapture { kind, file }))
}

/// A pattern has a number from 1 to 6; SIPp ends the run when it comes to another one.
fn judge_stream(attribute: &Attribute, text: &Text, context: &mut Context<'_>) {
    let value = String::from_utf8_lossy(text.as_fixed().unwrap_or_default()).into_owned();
    let mut parts = value.split(',').map(str::trim);
    let first = parts.next().unwrap_or_default();
    if first.is_empty() {
        context.error(
            "bad-value",
            "`rtp_stream` needs a file or a command",
            attribute.value_span.clone(),
        );
    }
    if !matches!(first, "apattern" | "vpattern") {
        return;
    }
    let number = parts.next().and_then(|number| number.parse::<u8>().ok());
    if !number.is_some_and(|number| (1..=6).contains(&number)) {
        context.tell(
            Diagnostic::error(
                "bad-value",
                "a pattern has a number from 1 to 6",
                attribute.value_span.clone(),
            )
            .with_help(format!("write {first},1,8,PCMA/8000")),
        );
    }
}

fn judge_echo(attribute: &Attribute, text: &Text, context: &mut Context<'_>) {
    let value = String::from_utf8_lossy(text.as_fixed().unwrap_or_default()).into_owned();
    if ECHOS.iter().any(|known| value.starts_with(known)) {
        return;
    }
    let command = value.split(',').next().unwrap_or_default();
    context.tell(
        Diagnostic::error(
            "bad-value",
            format!("`{command}` is no command of `rtp_echo`"),
            attribute.value_span.clone(),
        )
        .with_suggestions(&nearest(command, ECHOS, 3)),
    );
}
