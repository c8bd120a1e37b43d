//! What the player tells, as lines of logs.

use std::sync::Arc;
use std::time::SystemTime;

use gannet_events::sipp::{Layout, Traced};
use gannet_report::sipp::{
    CallDebugLog, Carried, ErrorLog, FileKind, FileNames, Flow, LogLimit, MessageLog, Opening,
    ResponseLog, ShortMessageLog, Stamp, append_log,
};
use gannet_traffic::sipp::{Levels, LogEntry};

use super::super::arguments::{Trace, Traces};
use super::super::error::SippError;
use super::calls::CallLog;
use super::{CallRecorder, LogFile, Warnings};

/// How logs are named, and in which form.
#[derive(Debug, Clone)]
pub(in crate::sipp) struct LogNames {
    /// The folder of files that have no name of their own; empty or with a slash at its end.
    pub(in crate::sipp) folder: String,
    /// Names of such files.
    pub(in crate::sipp) names: FileNames,
    /// How dates are written.
    pub(in crate::sipp) stamp: Stamp,
    /// Between the columns of CSV files.
    pub(in crate::sipp) delimiter: String,
}

impl LogNames {
    /// The path of a file: the given name, or its usual one.
    pub(in crate::sipp) fn path(&self, given: Option<&String>, kind: FileKind) -> String {
        match given {
            Some(name) => name.clone(),
            None => format!("{}{}", self.folder, self.names.of(kind)),
        }
    }
}

/// All logs that are written while messages pass.
#[derive(Debug)]
pub(in crate::sipp) struct Logs {
    names: LogNames,
    traces: Traces,
    messages: Option<LogFile>,
    short_messages: Option<LogFile>,
    errors: Option<LogFile>,
    /// The heading of the errors is there.
    errors_begun: bool,
    calls: Option<CallLog>,
    user: Option<LogFile>,
    response_times: Option<(LogFile, ResponseLog)>,
    /// Looks for examples of calls that fail.
    pub(in crate::sipp) recorder: Option<CallRecorder>,
    /// What is told at the end.
    pub(in crate::sipp) warnings: Warnings,
}

impl Logs {
    /// Opens those that are wanted from the start.
    pub(in crate::sipp) fn open(
        names: LogNames,
        traces: Traces,
        layout: &Arc<Layout>,
    ) -> Result<Self, SippError> {
        let mut logs = Self {
            messages: None,
            short_messages: None,
            errors: None,
            errors_begun: false,
            calls: None,
            user: None,
            response_times: None,
            recorder: None,
            warnings: Warnings::default(),
            traces,
            names,
        };
        let traces = logs.traces.clone();
        for (trace, traced) in [
            (&traces.messages, Traced::Messages),
            (&traces.short_messages, Traced::ShortMessages),
            (&traces.errors, Traced::Errors),
            (&traces.logs, Traced::Logs),
        ] {
            if trace.on {
                logs.switch(traced, true)?;
            }
        }
        if traces.calls.on {
            let file = logs.file(&traces.calls, FileKind::CallDebug)?;
            logs.calls = Some(CallLog::new(file, CallDebugLog::new(logs.names.stamp)));
        }
        if traces.response_times {
            let trace = Trace::default();
            let mut file = logs.file(&trace, FileKind::ResponseTimes)?;
            let lines = usize::try_from(traces.response_times_every).unwrap_or(usize::MAX);
            let log = ResponseLog::new(layout.clone(), &logs.names.delimiter, lines);
            log.header(file.waiting());
            logs.response_times = Some((file, log));
        }
        Ok(logs)
    }

    /// What the player has to tell.
    pub(in crate::sipp) fn levels(&self) -> Levels {
        Levels {
            messages: self.messages.is_some() || self.short_messages.is_some(),
            errors: true,
            user: self.user.is_some(),
            call_history: self.calls.is_some() || self.recorder.is_some(),
            response_times: self.response_times.is_some(),
        }
    }

    /// Begins or ends a log.
    pub(in crate::sipp) fn switch(&mut self, traced: Traced, on: bool) -> Result<(), SippError> {
        let (trace, kind) = match traced {
            Traced::Messages => (self.traces.messages.clone(), FileKind::Messages),
            Traced::ShortMessages => (self.traces.short_messages.clone(), FileKind::ShortMessages),
            Traced::Errors => (self.traces.errors.clone(), FileKind::Errors),
            Traced::Logs => (self.traces.logs.clone(), FileKind::Logs),
        };
        let file = if on {
            Some(self.file(&trace, kind)?)
        } else {
            None
        };
        match traced {
            Traced::Messages => self.messages = file,
            Traced::ShortMessages => self.short_messages = file,
            Traced::Errors => self.errors = file,
            Traced::Logs => self.user = file,
        }
        Ok(())
    }

    fn file(&self, trace: &Trace, kind: FileKind) -> Result<LogFile, SippError> {
        let path = self.names.path(trace.file.as_ref(), kind);
        let opening = Opening::overwriting(trace.overwrites);
        match kind {
            FileKind::Errors | FileKind::Logs => LogFile::when_needed(&path, opening, self.limit()),
            _ => LogFile::open(&path, opening, self.limit()),
        }
    }

    fn limit(&self) -> LogLimit {
        match (self.traces.ring_bytes, self.traces.bytes_max) {
            (Some(bytes), _) => LogLimit::Ring {
                files: self.traces.ring_files.unwrap_or(0) as usize,
                bytes,
            },
            (None, Some(bytes)) => LogLimit::Most { bytes },
            (None, None) => LogLimit::None,
        }
    }

    /// Takes an entry.
    pub(in crate::sipp) fn take(&mut self, entry: LogEntry<'_>) {
        match entry {
            LogEntry::Sent { protocol, message } => {
                self.message(Flow::Sent, protocol.name(), false, message);
            }
            LogEntry::Received { protocol, message } => {
                self.message(Flow::Received, protocol.name(), false, message);
            }
            LogEntry::CommandSent(text) => self.message(Flow::Sent, "TCP", true, text),
            LogEntry::CommandReceived(text) => self.message(Flow::Received, "TCP", true, text),
            LogEntry::Warning(text) => self.warn(text),
            LogEntry::User(text) => {
                if let Some(file) = &mut self.user {
                    append_log(file.waiting(), text);
                }
            }
            LogEntry::Call { call_id, event } => {
                if let Some(recorder) = &mut self.recorder {
                    recorder.take(call_id, event);
                }
                if let Some(calls) = &mut self.calls {
                    calls.take(SystemTime::now(), call_id, event);
                }
            }
            LogEntry::ResponseTime {
                at_ns,
                time_ns,
                timer,
            } => {
                if let Some((file, log)) = &mut self.response_times {
                    log.record(at_ns, time_ns, timer);
                    if log.is_due() {
                        log.take(file.waiting());
                    }
                }
            }
        }
    }

    /// Something is odd, in words.
    pub(in crate::sipp) fn warn(&mut self, text: &str) {
        self.warnings.add(text);
        self.write_error(text);
    }

    /// What somebody wants in the error log; without one it is told at the end.
    pub(in crate::sipp) fn note(&mut self, text: &str) {
        if self.errors.is_none() {
            self.warnings.add(text);
        }
        self.write_error(text);
    }

    fn write_error(&mut self, text: &str) {
        if let Some(file) = &mut self.errors {
            let log = ErrorLog::new(self.names.stamp);
            if !self.errors_begun {
                self.errors_begun = true;
                log.header(file.waiting());
            }
            log.line(file.waiting(), SystemTime::now(), text.as_bytes());
        }
    }

    /// Writes what waits.
    pub(in crate::sipp) fn flush(&mut self) {
        let files = [
            &mut self.messages,
            &mut self.short_messages,
            &mut self.errors,
            &mut self.user,
        ];
        let times = self.response_times.as_mut().map(|(file, _)| file);
        let mut told = Vec::new();
        let calls = self.calls.as_mut().map(CallLog::file);
        for file in files.into_iter().flatten().chain(times).chain(calls) {
            file.flush();
            told.extend(file.take_error());
        }
        for error in told {
            self.warnings.add(&error.to_string());
        }
    }

    /// Writes everything: nothing more comes.
    pub(in crate::sipp) fn end(&mut self) {
        if let Some((file, log)) = &mut self.response_times {
            log.take(file.waiting());
        }
        self.flush();
    }

    fn message(&mut self, flow: Flow, transport: &str, twin: bool, message: &[u8]) {
        let at = SystemTime::now();
        let stamp = self.names.stamp;
        if let Some(file) = &mut self.messages {
            let carried = Carried { transport, twin };
            MessageLog::new(stamp).message(file.waiting(), at, carried, flow, message);
        }
        if let Some(file) = &mut self.short_messages
            && !twin
        {
            let call_id = field(message, b"call-id", b"i");
            let cseq = field(message, b"cseq", b"cseq");
            ShortMessageLog::new(stamp).message(file.waiting(), at, flow, call_id, cseq, message);
        }
    }
}

/// The value of the first header field of that name, in lower case, or of its short form.
fn field<'m>(message: &'m [u8], name: &[u8], short: &[u8]) -> &'m [u8] {
    for line in message.split(|byte| *byte == b'\n').skip(1) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let found = line[..colon].trim_ascii_end();
        if found.eq_ignore_ascii_case(name) || found.eq_ignore_ascii_case(short) {
            return line[colon + 1..].trim_ascii_start();
        }
    }
    b""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_are_found_by_name_and_short_form() {
        let message = b"BYE sip:a SIP/2.0\r\nCALL-ID : x@y\r\nCSeq: 2 BYE\r\n\r\nCall-ID: no\r\n";
        assert_eq!(field(message, b"call-id", b"i"), b"x@y");
        assert_eq!(field(message, b"cseq", b"cseq"), b"2 BYE");
        assert_eq!(field(message, b"to", b"t"), b"");
        assert_eq!(
            field(b"BYE sip:a SIP/2.0\r\ni: z\r\n\r\n", b"call-id", b"i"),
            b"z"
        );
    }
}
