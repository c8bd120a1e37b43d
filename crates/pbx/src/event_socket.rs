//! The server's event socket: what of FreeSWITCH's commands it knows.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use gannet_esl::Service;
use gannet_ua::endpoint::Body;

use crate::error::PbxError;
use crate::pbx::WeakPbx;
use crate::snapshot::{ChannelState, ChannelView};

/// The commands, and the variables that they set.
#[derive(Debug)]
pub(crate) struct Commands {
    pbx: WeakPbx,
    /// Variables by channel.
    variables: Mutex<HashMap<String, BTreeMap<String, String>>>,
}

/// The columns of `show channels` that have something to say here, named as FreeSWITCH names them.
const COLUMNS: &str =
    "uuid,direction,created,created_epoch,name,state,cid_name,cid_num,dest,callstate";
/// First words of a Content-Type: with one, a message is sent as that type.
const MEDIA_TYPES: [&str; 3] = ["text", "application", "message"];

impl Commands {
    pub(crate) fn new(pbx: WeakPbx) -> Self {
        Self {
            pbx,
            variables: Mutex::default(),
        }
    }

    async fn channels(&self) -> Result<Vec<ChannelView>, PbxError> {
        self.pbx
            .upgrade()
            .ok_or(PbxError::Stopped)?
            .channels()
            .await
    }

    async fn show(&self, what: &str) -> Result<String, PbxError> {
        if !matches!(what, "channels" | "channels count") {
            return Ok(usage("show channels [count]"));
        }
        let channels = self.channels().await?;
        self.forget_all_but(&channels);
        let mut text = String::new();
        if what == "channels" && !channels.is_empty() {
            writeln!(text, "{COLUMNS}").expect("a String takes all");
            for channel in &channels {
                writeln!(text, "{}", row(channel)).expect("a String takes all");
            }
        }
        write!(text, "\n{} total.\n", channels.len()).expect("a String takes all");
        Ok(text)
    }

    /// Variables end with their channel.
    fn forget_all_but(&self, channels: &[ChannelView]) {
        let mut variables = self
            .variables
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        variables.retain(|channel, _| channels.iter().any(|view| view.id == *channel));
    }

    async fn exists(&self, channel: &str) -> Result<bool, PbxError> {
        Ok(self.channels().await?.iter().any(|view| view.id == channel))
    }

    async fn set_variable(&self, rest: &str) -> Result<String, PbxError> {
        let mut words = rest.splitn(3, ' ');
        let (Some(channel), Some(name)) = (words.next(), words.next()) else {
            return Ok(usage("uuid_setvar <uuid> <var> [value]"));
        };
        if !self.exists(channel).await? {
            return Ok(no_channel());
        }
        let mut variables = self
            .variables
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_channel = variables.entry(channel.to_owned()).or_default();
        match words.next() {
            Some(value) => of_channel.insert(name.to_owned(), value.to_owned()),
            None => of_channel.remove(name),
        };
        Ok("+OK\n".to_owned())
    }

    async fn get_variable(&self, rest: &str) -> Result<String, PbxError> {
        let Some((channel, name)) = rest.split_once(' ') else {
            return Ok(usage("uuid_getvar <uuid> <var>"));
        };
        if !self.exists(channel).await? {
            return Ok(no_channel());
        }
        let variables = self
            .variables
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let value = variables.get(channel).and_then(|all| all.get(name));
        Ok(value.cloned().unwrap_or_else(|| "_undef_".to_owned()))
    }

    async fn send_info(&self, rest: &str) -> Result<String, PbxError> {
        let Some((channel, message)) = rest.split_once(' ') else {
            return Ok(usage(
                "uuid_send_info <uuid> [<mime_type> <mime_subtype>] <message>",
            ));
        };
        let words: Vec<&str> = message.splitn(3, ' ').collect();
        let (content_type, text) = match words.as_slice() {
            [kind, subtype, text] if MEDIA_TYPES.contains(kind) => {
                (format!("{kind}/{subtype}"), *text)
            }
            _ => ("text/plain".to_owned(), message),
        };
        let body = Body {
            content_type,
            bytes: text.to_owned().into(),
        };
        let pbx = self.pbx.upgrade().ok_or(PbxError::Stopped)?;
        match pbx.send_info(channel, body).await {
            Ok(()) => Ok("+OK Success\n".to_owned()),
            Err(PbxError::NoChannel { .. }) => Ok(no_channel()),
            Err(error) => Err(error),
        }
    }
}

impl Service for Commands {
    async fn api(&self, command: &str) -> String {
        let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
        let rest = rest.trim();
        let done = match name {
            "show" => self.show(rest).await,
            "uuid_exists" => self.exists(rest).await.map(|exists| exists.to_string()),
            "uuid_setvar" => self.set_variable(rest).await,
            "uuid_getvar" => self.get_variable(rest).await,
            "uuid_send_info" => self.send_info(rest).await,
            _ => Ok(format!("-ERR {name} Command not found!\n")),
        };
        done.unwrap_or_else(|error| format!("-ERR {error}\n"))
    }
}

fn usage(text: &str) -> String {
    format!("-USAGE: {text}\n")
}

fn no_channel() -> String {
    "-ERR No such channel!\n".to_owned()
}

fn row(channel: &ChannelView) -> String {
    let created = DateTime::<Utc>::from(channel.created);
    let epoch = channel
        .created
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let direction = if channel.inbound {
        "inbound"
    } else {
        "outbound"
    };
    let (state, callstate) = match channel.state {
        ChannelState::Ringing => ("CS_CONSUME_MEDIA", "RINGING"),
        ChannelState::Active => ("CS_EXECUTE", "ACTIVE"),
    };
    let fields = [
        channel.id.clone(),
        direction.to_owned(),
        created.format("%Y-%m-%d %H:%M:%S").to_string(),
        epoch.to_string(),
        channel.name.clone(),
        state.to_owned(),
        channel.caller.clone(),
        channel.caller.clone(),
        channel.called.clone(),
        callstate.to_owned(),
    ];
    fields.map(quoted).join(",")
}

/// A field as CSV has it (RFC 4180 2).
fn quoted(field: String) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}
