//! The ports that Seagull's example files name.

use std::fs::{File, OpenOptions};
use std::net::UdpSocket;

use super::until::poll;
use super::{LIMIT, skipped};

/// Every address that the examples open.
const ADDRESSES: [&str; 8] = [
    "127.0.0.1:5060",
    "127.0.0.1:5071",
    "127.0.0.1:8000",
    "127.0.0.1:8005",
    "127.0.0.1:8010",
    "127.0.0.1:8015",
    "127.0.0.1:8020",
    "127.0.0.1:8025",
];

/// The right to use those ports. One test at a time has it, of all test processes of the machine.
#[derive(Debug)]
pub(crate) struct FixedPorts {
    _lock: File,
}

impl FixedPorts {
    /// Waits for the other tests, then for whatever else uses a port.
    pub(crate) fn take() -> Self {
        let path = std::env::temp_dir().join("gannet-test-seagull-ports.lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        lock.lock()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if let Some(taken) = taken() {
            skipped(&format!(
                "not yet: waits for another program to leave {taken}"
            ));
            let is_free = poll(LIMIT, || taken_now(taken).is_none().then_some(()));
            assert!(
                is_free.is_some() && super::fixed_ports::taken().is_none(),
                "Seagull's examples need UDP {taken}, which a program that is no test of gannet uses"
            );
        }
        Self { _lock: lock }
    }
}

fn taken() -> Option<&'static str> {
    ADDRESSES.into_iter().find_map(taken_now)
}

fn taken_now(address: &'static str) -> Option<&'static str> {
    UdpSocket::bind(address).is_err().then_some(address)
}
