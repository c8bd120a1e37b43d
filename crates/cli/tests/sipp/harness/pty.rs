//! A terminal that a test types at.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::pty::{Winsize, openpty};

use super::until;

/// A pseudo-terminal.
pub(crate) struct Pty {
    master: File,
    slave: OwnedFd,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Pty {
    pub(crate) fn open() -> Self {
        let size = Winsize {
            ws_row: 40,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pair = openpty(Some(&size), None).unwrap();
        let master = File::from(pair.master);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let (mut reading, all) = (master.try_clone().unwrap(), shown.clone());
        // Ends with the test: when both ends are closed, reading fails.
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reading.read(&mut bytes) {
                all.lock().unwrap().extend_from_slice(&bytes[..read]);
            }
        });
        Self {
            master,
            slave: pair.slave,
            shown,
        }
    }

    pub(super) fn stdio(&self) -> Stdio {
        self.slave.try_clone().unwrap().into()
    }

    /// Types.
    pub(crate) fn press(&self, keys: &str) {
        (&self.master).write_all(keys.as_bytes()).unwrap();
    }

    /// Everything that was written to it.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits for this text after what was shown before.
    #[track_caller]
    pub(crate) fn until_shows(&self, text: &str) {
        let before = self.shown().len();
        until(&format!("a screen with {text:?}"), || {
            self.shown()
                .get(before..)
                .is_some_and(|new| new.contains(text))
                .then_some(())
        });
    }
}
