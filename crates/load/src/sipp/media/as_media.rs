//! Orders of scenarios, carried out.

use std::net::IpAddr;

use gannet_media::script::DtmfKeys;
use gannet_scenario::sipp::model::{Media as Action, MediaKind, Text};
use gannet_traffic::sipp::MediaOrder;
use gannet_tui::sipp::MediaFigures;

use super::super::error::SippError;
use super::super::traffic::Media;
use super::RtpMedia;
use super::engine::Engine;
use super::figures::read;
use super::inbox::Command;
use super::keys::Writer;
use super::order::{EchoOrder, StreamOrder};

impl Media for RtpMedia {
    fn refuses(&self, action: &Action) -> Option<String> {
        self.is_used.set(true);
        let fixed = |text: &Text| {
            let octets = text.as_fixed()?;
            Some(String::from_utf8_lossy(octets).into_owned())
        };
        match action {
            Action::PlayCapture { file, .. } => self.library.capture(file.as_fixed()?).err(),
            Action::PlayDtmf(text) => {
                let text = fixed(text)?;
                let error = DtmfKeys::parse(&text).err()?;
                let is_playable = DtmfKeys::parse_leniently(&text).is_some();
                (!is_playable).then(|| format!("`play_dtmf`: {error}"))
            }
            Action::RtpStream(text) => {
                match StreamOrder::parse(&fixed(text)?, self.settings.payload_type) {
                    Ok(StreamOrder::File { name, .. }) => self.library.audio(name.as_bytes()).err(),
                    Ok(_) => None,
                    Err(why) => Some(format!("`rtp_stream`: {why}")),
                }
            }
            Action::RtpEcho(text) => EchoOrder::parse(&fixed(text)?).err(),
        }
    }

    fn doubts(&self, action: &Action) -> Option<String> {
        if let Action::PlayDtmf(text) = action {
            let text = String::from_utf8_lossy(text.as_fixed()?);
            let (_, odd) = DtmfKeys::parse_leniently(&text)?;
            return Some(format!("`play_dtmf`: {}: it has no effect", odd.first()?));
        }
        let Action::RtpStream(text) = action else {
            return None;
        };
        let text = String::from_utf8_lossy(text.as_fixed()?);
        match StreamOrder::parse(&text, self.settings.payload_type) {
            Ok(StreamOrder::File { name, format, .. }) => {
                let file = self.library.audio(name.as_bytes()).ok()?;
                file.unfit_for(format.payload_type)
            }
            _ => None,
        }
    }

    fn begin(&mut self, ip: IpAddr) -> Result<u16, SippError> {
        let engine = Engine::start(&self.settings, ip, self.has_traffic())?;
        let port = engine.port;
        self.engine = Some(engine);
        Ok(port)
    }

    fn port(&mut self, call: u32, kind: MediaKind) -> Option<u16> {
        let engine = self.engine.as_mut()?;
        let media = self.calls.entry(call).or_default();
        if let Some(pair) = media.pair(kind) {
            return Some(pair.port);
        }
        let pair = engine.sockets.open_pair(kind)?;
        media.set_pair(kind, pair);
        Some(pair.port)
    }

    fn order(&mut self, _now_ns: u64, call: u32, order: MediaOrder<'_>) {
        match order {
            MediaOrder::Remote { kind, address } => self.set_remote(call, kind, address),
            MediaOrder::Local { kind, port } => self.set_local(call, kind, port),
            MediaOrder::PeerDescription(body) => self.describe(call, Writer::Peer, body),
            MediaOrder::OwnDescription(body) => self.describe(call, Writer::Own, body),
            MediaOrder::PlayCapture { kind, file } => self.capture(call, kind, file),
            MediaOrder::PlayDtmf(text) => self.dtmf(call, text),
            MediaOrder::RtpStream(text) => self.stream(call, text),
            MediaOrder::RtpEcho(text) => self.echo(call, text),
            MediaOrder::EchoAll(on) => {
                // Without the option there is no echo that could be switched on.
                if let Some(engine) = self.engine.as_ref().filter(|_| self.settings.echo) {
                    engine.inbox.send_to_all(|| Command::EchoAll(on));
                }
            }
            MediaOrder::End => self.end(call),
        }
    }

    fn failed_checks(&self) -> u64 {
        self.engine.as_ref().map_or(0, Engine::settle)
    }

    fn figures(&self) -> Option<MediaFigures> {
        let engine = self.engine.as_ref()?;
        self.has_traffic().then(|| read(&engine.figures))
    }

    fn take_warnings(&mut self) -> Vec<String> {
        self.warn_of_refused();
        std::mem::take(&mut self.warnings)
    }
}
