//! Addresses and transports.

use gannet_traffic::sipp::{Protocol, Sockets};

use super::super::row::{Expected, does, refused};
use super::super::values::{address, count, parsed, time_ms, truth};
use super::super::{OptionRow, Topic, Transport};

const A: Topic = Topic::Address;
const SCTP: &str = "the kernel's parameters of SCTP are those of the system";

pub(super) const ROWS: &[OptionRow] = &[
    does(
        A,
        "-t",
        "MODE",
        "transport: u1 UDP, un a socket for each call, ui a socket for each address of an injection file; t1, tn TCP; l1, ln TLS; s1, sn SCTP",
        |all, values| {
            all.transport = transport(&values[0])?;
            Ok(())
        },
    ),
    does(
        A,
        "-i",
        "IP",
        "the own address: messages show it, and sockets have it",
        |all, values| {
            all.hosts.local_ip = Some(address(&values[0])?);
            Ok(())
        },
    ),
    does(
        A,
        "-p",
        "PORT",
        "the own port, from which t1 and l1 connect too; else the first free one from 5060 to 5119, else any",
        |all, values| {
            all.hosts.local_port = Some(parsed(&values[0], PORT)?);
            Ok(())
        },
    ),
    does(
        A,
        "-bind_local",
        "",
        "sockets have the own address, also without -i",
        |all, _| {
            all.hosts.binds_local = true;
            Ok(())
        },
    ),
    does(
        A,
        "-bind_to_device",
        "NAME",
        "binds sockets to that network interface; needs its rights (CAP_NET_RAW)",
        |all, values| {
            all.hosts.device = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        A,
        "-ci",
        "IP",
        "where remote control listens; else at the loopback address only",
        |all, values| {
            all.hosts.control_ip = Some(address(&values[0])?);
            Ok(())
        },
    ),
    does(
        A,
        "-cp",
        "PORT",
        "port of remote control; 8888, or the next free one of 60",
        |all, values| {
            all.hosts.control_port = Some(parsed(&values[0], PORT)?);
            Ok(())
        },
    ),
    does(
        A,
        "-max_socket",
        "N",
        "sockets at once where each call has one; then they are shared",
        |all, values| {
            all.sockets_max = parsed(&values[0], "whole number")?;
            Ok(())
        },
    ),
    does(
        A,
        "-max_reconnect",
        "N",
        "how often a lost connection is made again; -1 for ever",
        |all, values| {
            all.reconnect.max = if values[0] == "-1" {
                None
            } else {
                Some(parsed(&values[0], "whole number or -1")?)
            };
            Ok(())
        },
    ),
    does(
        A,
        "-reconnect_close",
        "BOOL",
        "calls on a lost connection end",
        |all, values| {
            all.reconnect.closes_calls = truth(&values[0])?;
            Ok(())
        },
    ),
    does(
        A,
        "-reconnect_sleep",
        "TIME",
        "how long to wait before a connection is made again (ms)",
        |all, values| {
            all.reconnect.wait_ns = time_ms(&values[0])?.as_nanos() as u64;
            Ok(())
        },
    ),
    does(
        A,
        "-rsa",
        "HOST[:PORT]",
        "messages go there and not to the peer that they name",
        |all, values| {
            all.hosts.send_to = Some(values[0].parse()?);
            Ok(())
        },
    ),
    does(
        A,
        "-tls_cert",
        "FILE",
        "own certificate (PEM); cacert.pem",
        |all, values| {
            all.tls.certificate.clone_from(&values[0]);
            Ok(())
        },
    ),
    does(
        A,
        "-tls_key",
        "FILE",
        "its key (PEM); cakey.pem",
        |all, values| {
            all.tls.key.clone_from(&values[0]);
            Ok(())
        },
    ),
    does(
        A,
        "-tls_ca",
        "FILE",
        "certificates by which peers are checked; else they are not",
        |all, values| {
            all.tls.authority = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        A,
        "-tls_crl",
        "FILE",
        "certificates that are revoked",
        |all, values| {
            all.tls.revoked = Some(values[0].clone());
            Ok(())
        },
    ),
    does(
        A,
        "-tls_version",
        "VERSION",
        "1.2 or 1.3; else what both sides have",
        |all, values| {
            let known = matches!(values[0].as_str(), "1.2" | "1.3");
            if !known {
                return Err("version of TLS that is still in use: 1.2 or 1.3");
            }
            all.tls.version = Some(values[0].clone());
            Ok(())
        },
    ),
    refused(
        A,
        "-multihome",
        "IP",
        SCTP,
        "give the address to the interface, associations then use it",
    ),
    refused(
        A,
        "-heartbeat",
        "MS",
        SCTP,
        "set net.sctp.hb_interval by sysctl",
    ),
    refused(
        A,
        "-assocmaxret",
        "N",
        SCTP,
        "set net.sctp.association_max_retrans by sysctl",
    ),
    refused(
        A,
        "-pathmaxret",
        "N",
        SCTP,
        "set net.sctp.path_max_retrans by sysctl",
    ),
    refused(
        A,
        "-pmtu",
        "N",
        SCTP,
        "set the MTU of the interface or route",
    ),
    refused(
        A,
        "-gracefulclose",
        "BOOL",
        "associations are always shut down in order",
        "leave it out",
    ),
    does(
        A,
        "-buff_size",
        "BYTES",
        "buffers of the sockets in the kernel; else as large as it permits",
        |all, values| {
            all.buffer_bytes =
                Some(usize::try_from(count(&values[0])?).map_err(|_| "whole number")?);
            Ok(())
        },
    ),
];

const PORT: Expected = "port";

fn transport(mode: &str) -> Result<Transport, Expected> {
    const EXPECTED: Expected = "transport: u1, un, ui, t1, tn, l1, ln, s1 or sn (c1 and cn need a plug-in of SIPp that \
         does not exist any more)";
    let mut letters = mode.chars();
    let protocol = match letters.next() {
        Some('u') => Protocol::Udp,
        Some('t') => Protocol::Tcp,
        Some('l') => Protocol::Tls,
        Some('s') => Protocol::Sctp,
        _ => return Err(EXPECTED),
    };
    let sockets = match letters.as_str() {
        "1" => Sockets::Shared,
        "n" => Sockets::PerCall,
        "i" if protocol == Protocol::Udp => Sockets::PerAddress,
        _ => return Err(EXPECTED),
    };
    Ok(Transport { protocol, sockets })
}
