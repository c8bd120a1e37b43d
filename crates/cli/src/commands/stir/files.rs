//! What the commands read and write.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use gannet_stir::{Chain, SigningKey};

use crate::problem::Problem;

/// Reads a file that must be there.
pub(super) fn read(what: &str, path: &Path) -> Result<Vec<u8>, Problem> {
    fs::read(path)
        .with_context(|| format!("cannot read {what} `{}`", path.display()))
        .map_err(Problem::input)
}

/// Reads a private key.
pub(super) fn key(path: &Path) -> Result<SigningKey, Problem> {
    SigningKey::read(&read("the key", path)?)
        .with_context(|| format!("`{}` is no key to sign with", path.display()))
        .map_err(Problem::input)
}

/// Reads the key if the file is there, else makes one and writes it.
pub(super) fn key_or_new(path: &Path) -> Result<SigningKey, Problem> {
    if path.exists() {
        return key(path);
    }
    let key = SigningKey::generate().map_err(Problem::environment)?;
    write_secret(path, &key.to_pem())?;
    Ok(key)
}

/// Reads certificates.
pub(super) fn chain(what: &str, path: &Path) -> Result<Chain, Problem> {
    Chain::read(&read(what, path)?)
        .with_context(|| format!("cannot use {what} `{}`", path.display()))
        .map_err(Problem::input)
}

/// Writes a file, or to standard output without one.
pub(super) fn write(path: Option<&Path>, text: &str) -> Result<(), Problem> {
    let Some(path) = path else {
        say(text.trim_end());
        return Ok(());
    };
    fs::write(path, text)
        .with_context(|| format!("cannot write `{}`", path.display()))
        .map_err(Problem::environment)
}

/// Writes a key, for its owner alone to read.
pub(super) fn write_secret(path: &Path, text: &str) -> Result<(), Problem> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write the key `{}`", path.display()))
        .map_err(Problem::environment)
}

/// Writes to standard output; a pager that is closed early is no fault.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Seconds since 1970 began.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Bad usage, in one line.
pub(super) fn usage(text: String) -> Problem {
    Problem::input(anyhow!(text))
}
