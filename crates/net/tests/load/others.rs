//! SCTP, interfaces, and sockets by the thousand.

use gannet_net::NetError;
use gannet_net::load::PortOptions;

use crate::end::{End, LOOPBACK, skip, until};

#[test]
fn sctp_is_like_tcp_or_is_refused_by_name() {
    let (mut server, mut client) = (End::new(), End::new());
    let bind = LOOPBACK.parse().expect("an address");
    let options = PortOptions::default();
    let listener = match server.ports.listen_sctp(bind, &options) {
        Ok(listener) => listener,
        Err(error) => {
            assert!(matches!(error, NetError::NoSctp { .. }), "{error}");
            let text = error.to_string();
            assert!(text.contains("this kernel has no SCTP"), "{text}");
            let refused = client.ports.connect_sctp(None, bind, &options);
            assert!(matches!(refused, Err(NetError::NoSctp { .. })));
            skip("this kernel has no SCTP");
            return;
        }
    };
    let address = server.ports.local_addr(listener).expect("open");
    let here = client.ports.connect_sctp(None, address, &options);
    let here = here.expect("a descriptor and a port");
    client.ports.send(here, None, &[b"ques", b"tion"]);
    client.ports.send(here, None, &[b", another"]);
    let done = |server: &End, _: &End| server.received == b"question, another";
    until("both messages", [&mut server, &mut client], done);
    assert_eq!(client.ports.counters().send_calls, 2);
}

#[test]
fn sockets_are_bound_to_the_interface_that_is_named() {
    let mut end = End::new();
    let refused = end.ports.set_device(Some("none-such"));
    let text = refused.expect_err("no such interface").to_string();
    assert!(
        text.contains("interface none-such: check its name"),
        "{text}"
    );
    if let Err(error) = end.ports.set_device(Some("lo")) {
        skip(&format!("{error}"));
        return;
    }
    let (port, to) = end.udp(LOOPBACK, PortOptions::default());
    end.ports.send(port, Some(to), &[b"over lo"]);
    end.until("a datagram", |end| end.datagrams.len() == 1);
    end.ports.set_device(None).expect("any");
}
