//! TLS with the other implementation: `openssl s_server` and `openssl s_client`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use gannet_net::load::{TlsClient, TlsSettings, TlsVersions};
use tempfile::TempDir;

use crate::certificates::Pair;
use crate::end::{End, LOOPBACK, Seen, skip};

/// A process that ends with the test.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Peer {
    /// Starts `openssl` with its files in a folder; nothing when there is none.
    fn start(folder: &Path, arguments: &str) -> Option<Self> {
        let child = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => Some(Self(child)),
            Err(error) => {
                skip(&format!("openssl: {error}"));
                None
            }
        }
    }

    fn say(&mut self, line: &str) {
        let stdin = self.0.stdin.as_mut().expect("piped");
        stdin.write_all(line.as_bytes()).expect("taken");
        stdin.flush().expect("taken");
    }

    /// Reads what it prints until a line begins so.
    fn read_until(&mut self, beginning: &str) -> String {
        let stdout = self.0.stdout.take().expect("piped");
        let mut lines = BufReader::new(stdout);
        loop {
            let mut line = String::new();
            let length = lines.read_line(&mut line).expect("text");
            assert!(length > 0, "never: {beginning}");
            if line.starts_with(beginning) {
                self.0.stdout = Some(lines.into_inner());
                return line;
            }
        }
    }
}

fn folder_with(pair: &Pair) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("cert.pem"), &pair.certificate).expect("written");
    std::fs::write(folder.path().join("key.pem"), &pair.key).expect("written");
    folder
}

#[test]
fn our_client_talks_with_its_server() {
    let pair = Pair::self_signed("sip.example");
    let folder = folder_with(&pair);
    for (versions, flag) in [
        (TlsVersions::Only12, "-tls1_2"),
        (TlsVersions::Only13, "-tls1_3"),
    ] {
        let port = {
            let free = TcpListener::bind(LOOPBACK).expect("a free port");
            free.local_addr().expect("bound").port()
        };
        // Sends every line back, last character first.
        let arguments = format!(
            "s_server -accept 127.0.0.1:{port} -cert cert.pem -key key.pem -rev {flag} \
             -Verify 1 -CAfile cert.pem"
        );
        let Some(mut server) = Peer::start(folder.path(), &arguments) else {
            return;
        };
        server.read_until("ACCEPT");
        let client = TlsClient::new(&TlsSettings {
            versions,
            authorities: Some(pair.certificate.clone().into_bytes()),
            ..pair.settings()
        });
        let client = client.expect("good settings");
        let mut end = End::new();
        for _ in 0..2 {
            let address = ([127, 0, 0, 1], port).into();
            let here = end.connect_tls(address, &client);
            end.ports.send(here, None, &[b"abc", b"def\n"]);
            end.received.clear();
            end.until("the echo", |end| end.received == b"fedcba\n");
            end.ports.close(here);
        }
        assert_eq!(end.ports.counters().tls_handshakes, 2);
        assert_eq!(end.ports.counters().tls_resumed, 1, "{flag}");
    }
}

#[test]
fn our_server_talks_with_its_client() {
    let pair = Pair::self_signed("sip.example");
    let folder = folder_with(&pair);
    for flag in ["-tls1_2", "-tls1_3"] {
        let mut end = End::new();
        let (_, address) = end.listen_tls(&TlsSettings {
            authorities: Some(pair.certificate.clone().into_bytes()),
            ..pair.settings()
        });
        let arguments = format!(
            "s_client -connect {address} -cert cert.pem -key key.pem -quiet -no_ign_eof {flag} \
             -CAfile cert.pem -verify_return_error"
        );
        let Some(mut client) = Peer::start(folder.path(), &arguments) else {
            return;
        };
        client.say("hello\n");
        end.until("a line", |end| end.received == b"hello\n");
        let there = end.accepted().expect("accepted");
        end.ports.send(there, None, &[b"welcome\n"]);
        end.ports.flush();
        assert_eq!(client.read_until("welcome"), "welcome\n");
        drop(client.0.stdin.take());
        end.until("the end", |end| end.closed(there).is_some());
    }
}

#[test]
fn a_client_with_old_versions_alone_is_refused() {
    let pair = Pair::self_signed("sip.example");
    let folder = folder_with(&pair);
    let mut end = End::new();
    let (_, address) = end.listen_tls(&pair.settings());
    let arguments = format!("s_client -connect {address} -tls1_1 -cipher DEFAULT@SECLEVEL=0");
    let Some(mut client) = Peer::start(folder.path(), &arguments) else {
        return;
    };
    end.until("a refusal", |end| {
        end.seen.iter().any(|seen| matches!(seen, Seen::Closed(..)))
    });
    assert_eq!(end.ports.counters().tls_failures, 1);
    let mut text = String::new();
    let stdout = client.0.stdout.as_mut().expect("piped");
    stdout.read_to_string(&mut text).expect("text");
    assert!(text.contains("Cipher is (NONE)"), "{text}");
}
