//! How many files and sockets the process may have open.

use std::io;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Raises the limit on open files to `wanted`, or as near to it as the system lets; a higher one
/// stays. Gives the limit that holds now.
///
/// The soft limit goes up to the hard one for everybody, the hard one up to `fs.nr_open` for the
/// administrator. What a run needs: one per socket, and some 32 for files, threads and timers.
///
/// # Errors
/// The system does not tell its limits.
pub fn raise_file_limit(wanted: u64) -> io::Result<u64> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= wanted {
        return Ok(soft);
    }
    if wanted > hard && setrlimit(Resource::RLIMIT_NOFILE, wanted, wanted).is_ok() {
        return Ok(wanted);
    }
    let next = wanted.min(hard);
    if next <= soft {
        return Ok(soft);
    }
    match setrlimit(Resource::RLIMIT_NOFILE, next, hard) {
        Ok(()) => Ok(next),
        Err(_) => Ok(soft),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_only_goes_up_and_never_fails_for_want_of_rights() {
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("told");
        assert_eq!(raise_file_limit(1).expect("told"), soft);
        assert_eq!(raise_file_limit(hard).expect("told"), hard);
        let most = raise_file_limit(u64::MAX - 1).expect("told");
        assert!(most >= hard);
        let (now, _) = getrlimit(Resource::RLIMIT_NOFILE).expect("told");
        assert_eq!(now, most);
    }
}
