//! Secrets of connections, written for those who read captures.

use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rustls::KeyLog;

use super::settings::TlsError;

/// Appends a line per secret: label, random of the client, secret. A line that cannot be written is
/// left out: it is no reason to end a run.
pub(super) struct KeyLogFile {
    file: Mutex<File>,
}

impl KeyLogFile {
    pub(super) fn open(path: &Path) -> Result<Self, TlsError> {
        // Whoever reads the file can read the traffic.
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .map_err(|source| TlsError::KeyLog {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            file: Mutex::new(file),
        })
    }
}

impl KeyLog for KeyLogFile {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line = format!("{label} ");
        push_hex(&mut line, client_random);
        line.push(' ');
        push_hex(&mut line, secret);
        line.push('\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}

impl fmt::Debug for KeyLogFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLogFile").finish_non_exhaustive()
    }
}

fn push_hex(text: &mut String, octets: &[u8]) {
    for octet in octets {
        let _ = write!(text, "{octet:02x}");
    }
}
