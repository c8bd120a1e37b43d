//! The log of calls that failed (`-trace_calldebug`).

use std::collections::HashMap;
use std::time::SystemTime;

use gannet_report::sipp::CallDebugLog;
use gannet_traffic::sipp::CallEvent;

use super::LogFile;

/// Octets that are kept of one call; what comes later is left out.
const CALL_BYTES_MAX: usize = 1 << 20;

/// Keeps what happens in each call until it ends, and writes it if the call failed.
#[derive(Debug)]
pub(super) struct CallLog {
    file: LogFile,
    form: CallDebugLog,
    open: HashMap<Box<[u8]>, History>,
}

#[derive(Debug, Default)]
struct History {
    lines: Vec<u8>,
    failed: bool,
}

impl CallLog {
    pub(super) fn new(file: LogFile, form: CallDebugLog) -> Self {
        Self {
            file,
            form,
            open: HashMap::new(),
        }
    }

    pub(super) fn file(&mut self) -> &mut LogFile {
        &mut self.file
    }

    /// Takes an event.
    pub(super) fn take(&mut self, at: SystemTime, call_id: &[u8], event: CallEvent<'_>) {
        let form = self.form;
        let history = self.open.entry(call_id.into()).or_default();
        let name = String::from_utf8_lossy(call_id);
        let out = &mut history.lines;
        match event {
            CallEvent::Begun => form.event(out, at, format!("Starting call {name}").as_bytes()),
            CallEvent::Failed(step, _) => {
                history.failed = true;
                let text = format!("Aborting call {name} (index {step}).");
                form.event(out, at, text.as_bytes());
            }
            CallEvent::Ended => self.end(call_id),
            _ if out.len() > CALL_BYTES_MAX => {}
            CallEvent::Sent {
                step,
                protocol,
                message,
            } => {
                let protocol = protocol.name();
                let text = format!("Sending {protocol} message for call {name} (index {step}):");
                form.message(out, at, text.as_bytes(), message);
            }
            CallEvent::Received(message) => {
                let length = message.len();
                let text = format!("Processing {length} byte incoming message for call-ID {name}:");
                form.message(out, at, text.as_bytes(), message);
            }
        }
    }

    fn end(&mut self, call_id: &[u8]) {
        if let Some(history) = self.open.remove(call_id)
            && history.failed
        {
            self.form.call(self.file.waiting(), call_id);
            self.file.waiting().extend_from_slice(&history.lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Local, Offset};
    use gannet_events::sipp::Failure;
    use gannet_report::sipp::{LogLimit, Opening, Stamp};
    use gannet_traffic::sipp::Protocol;

    use super::*;

    #[test]
    fn the_history_of_calls_that_failed_is_written_when_they_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.log");
        let path = path.to_str().expect("a path of text");
        let stamp = Stamp::new(Local::now().offset().fix());
        let file = LogFile::open(path, Opening::Fresh, LogLimit::None).expect("a log");
        let mut log = CallLog::new(file, CallDebugLog::new(stamp));
        for (call_id, fails) in [(&b"good"[..], false), (b"bad", true)] {
            let sent = CallEvent::Sent {
                step: 0,
                protocol: Protocol::Udp,
                message: b"BYE sip:a SIP/2.0\r\n\r\n",
            };
            let mut events = vec![
                CallEvent::Begun,
                sent,
                CallEvent::Received(b"SIP/2.0 500 N"),
            ];
            events.extend(fails.then_some(CallEvent::Failed(1, Failure::TimeoutOnRecv)));
            events.push(CallEvent::Ended);
            for event in events {
                log.take(SystemTime::UNIX_EPOCH, call_id, event);
            }
        }
        assert!(log.open.is_empty());
        drop(log);
        let text = std::fs::read_to_string(path).expect("the log");
        assert!(!text.contains("good"), "{text}");
        let mut from = 0;
        for part in [
            "Call debugging information for call bad:\n",
            " Starting call bad\n",
            " Sending UDP message for call bad (index 0):\nBYE sip:a SIP/2.0\r\n\r\n\n\n",
            " Processing 13 byte incoming message for call-ID bad:\nSIP/2.0 500 N\n\n",
            " Aborting call bad (index 1).\n",
        ] {
            let found = text[from..].find(part);
            from += found.unwrap_or_else(|| panic!("{part:?} in {text}")) + part.len();
        }
    }
}
