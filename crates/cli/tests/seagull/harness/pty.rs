//! A terminal that a test types at.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::pty::{Winsize, openpty};
use nix::sys::termios::{Termios, tcgetattr};

use super::{Folder, Player, until};

/// A pseudo-terminal of 80 by 30.
pub(crate) struct Pty {
    master: File,
    slave: OwnedFd,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Pty {
    pub(crate) fn open() -> Self {
        let size = Winsize {
            ws_row: 30,
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

    /// Starts `gannet seagull` with this terminal as its standard input and output.
    pub(crate) fn play(&self, folder: &Folder, name: &str, arguments: &str) -> Player {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        Player::start(folder, name, &words, Some(self))
    }

    pub(super) fn stdio(&self) -> Stdio {
        self.slave.try_clone().unwrap().into()
    }

    /// Types.
    pub(crate) fn press(&self, keys: &str) {
        (&self.master).write_all(keys.as_bytes()).unwrap();
    }

    /// The terminal's settings.
    pub(crate) fn settings(&self) -> Termios {
        tcgetattr(&self.slave).unwrap()
    }

    /// Everything that was written to it.
    pub(crate) fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// The screen that was painted last, if it is whole.
    pub(crate) fn screen(&self) -> String {
        const HOME: &str = "\x1b[H";
        let shown = self.shown();
        let mut screens: Vec<&str> = shown.split(HOME).collect();
        if screens.last().is_none_or(|last| last.lines().count() < 25) {
            screens.pop();
        }
        screens.last().copied().unwrap_or_default().to_owned()
    }

    /// Waits for a screen with this text.
    #[track_caller]
    pub(crate) fn until_shows(&self, text: &str) -> String {
        until(&format!("a screen with {text:?}"), || {
            Some(self.screen()).filter(|screen| screen.contains(text))
        })
    }
}
