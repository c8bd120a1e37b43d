//! Keys, each as soon as it is pressed.

use std::io::{IsTerminal, Read, Stdin};
use std::os::fd::AsFd;
use std::thread;

use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, tcgetpgrp};

/// A terminal that gives each key at once and shows none. What it was before comes back when this is
/// dropped.
#[derive(Debug)]
pub struct Keyboard {
    stdin: Stdin,
    before: Termios,
}

/// Whether the process may use the terminal: a background job that changes its settings is stopped by
/// the system.
fn is_in_foreground(stdin: &Stdin) -> bool {
    // A terminal that controls no session has no background.
    tcgetpgrp(stdin).map_or(true, |group| group == getpgrp())
}

/// Whether standard input is a terminal.
pub fn is_terminal() -> bool {
    std::io::stdin().is_terminal()
}

impl Keyboard {
    /// Takes the terminal of standard input, and gives each byte of it to `each`, on a thread of
    /// its own, until `each` says that it wants no more. `None` if standard input is no terminal, or
    /// that of a shell in whose background this runs.
    pub fn open(mut each: impl FnMut(u8) -> bool + Send + 'static) -> Option<Self> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() || !is_in_foreground(&stdin) {
            return None;
        }
        let before = tcgetattr(stdin.as_fd()).ok()?;
        let mut wanted = before.clone();
        wanted
            .local_flags
            .remove(LocalFlags::ICANON | LocalFlags::ECHO);
        wanted.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
        wanted.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
        tcsetattr(stdin.as_fd(), SetArg::TCSANOW, &wanted).ok()?;
        let reader = thread::Builder::new().name("keyboard".to_owned());
        let spawned = reader.spawn(move || {
            let mut byte = [0];
            while let Ok(1) = std::io::stdin().read(&mut byte) {
                if !each(byte[0]) {
                    break;
                }
            }
        });
        let keyboard = Self { stdin, before };
        // Without a thread the keys are dead, but the terminal is put back.
        spawned.is_ok().then_some(keyboard)
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if is_in_foreground(&self.stdin) {
            // A terminal that has gone away needs no settings.
            let _ = tcsetattr(self.stdin.as_fd(), SetArg::TCSANOW, &self.before);
        }
    }
}
