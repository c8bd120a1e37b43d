//! The server on a real socket.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gannet_control::{CONNECTIONS_MAX, Order, Run, Server, ServerError};
use gannet_events::traffic::Command;
use support::{layout, snapshot};

const PATIENCE: Duration = Duration::from_secs(20);
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\nCommand Success";
const BAD: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 15\r\n\r\nCommand Success";

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn server() -> (Server, Receiver<Order>) {
    let (sender, orders) = channel();
    let latest = Arc::new(Mutex::new(Some(Arc::new(snapshot(4_000)))));
    let run = Run {
        orders: Box::new(move |order| {
            let _ = sender.send(order);
        }),
        snapshots: Box::new(move || latest.lock().expect("no panic while held").clone()),
    };
    let server = Server::start(any_port(), Arc::new(layout()), run).expect("a free port");
    (server, orders)
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.local_addr()).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream.set_write_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

fn expect(stream: &mut TcpStream, text: &str) {
    let mut bytes = vec![0; text.len()];
    stream.read_exact(&mut bytes).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&bytes), text);
}

#[test]
fn the_connection_stays_open() {
    let (server, orders) = server();
    let mut stream = connect(&server);
    for rate in [10, 20, 30] {
        let request = format!("GET /seagull/command/rate?value={rate} HTTP/1.1\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        expect(&mut stream, OK);
        let order = orders.try_recv().expect("the order came before the answer");
        assert_eq!(order, Order::Traffic(Command::SetRate(f64::from(rate))));
    }
}

#[test]
fn requests_may_come_together_or_in_pieces() {
    let (server, orders) = server();
    let mut stream = connect(&server);
    let together = "PUT /seagull/command/pause HTTP/1.1\r\ncontent-length: 2\r\n\r\nab\
        GET /seagull/command/resume HTTP/1.1\r\n\r\n\
        PUT /seagull/command/burst HTTP/1.1\r\n\r\n";
    stream.write_all(together.as_bytes()).expect("sent");
    expect(&mut stream, &format!("{OK}{BAD}{OK}"));
    stream.set_nodelay(true).expect("an option of every socket");
    for byte in b"GET /seagull/command/stop HTTP/1.1\r\n\r\n" {
        stream.write_all(&[*byte]).expect("sent");
    }
    expect(&mut stream, OK);
    let all: Vec<Order> = orders.try_iter().collect();
    let commands = [Command::PauseOrResume, Command::Burst, Command::Stop];
    assert_eq!(all, commands.map(Order::Traffic));
}

#[test]
fn figures_come_from_the_latest_snapshot() {
    let (server, _orders) = server();
    let mut stream = connect(&server);
    let request = b"GET /seagull/counters/all HTTP/1.1\r\n\r\n";
    stream.write_all(request).expect("sent");
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 204\r\n\r\nelapsed_time=00:00:04:000\r\n";
    expect(&mut stream, head);
}

#[test]
fn silent_and_greedy_peers_keep_nobody_waiting() {
    let (server, _orders) = server();
    let mut silent = connect(&server);
    silent.write_all(b"GET /seagull/comm").expect("sent");
    // Asks without end and reads nothing.
    let mut greedy = connect(&server);
    greedy
        .set_nonblocking(true)
        .expect("an option of every socket");
    let request = b"GET /seagull/counters/all HTTP/1.1\r\n\r\n".repeat(100);
    while greedy.write(&request).is_ok() {}
    let mut stream = connect(&server);
    let request = b"PUT /seagull/command/pause HTTP/1.1\r\n\r\n";
    stream.write_all(request).expect("sent");
    expect(&mut stream, OK);
    silent
        .write_all(b"and/pause HTTP/1.1\r\n\r\n")
        .expect("sent");
    expect(&mut silent, OK);
}

#[test]
fn endless_requests_are_refused_and_closed() {
    let (server, _orders) = server();
    let floods = [
        "x".repeat(9_000),
        "PUT /seagull/command/stop HTTP/1.1\r\ncontent-length: 70000\r\n\r\n".to_owned(),
        "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
    ];
    for flood in floods {
        let mut stream = connect(&server);
        stream.write_all(flood.as_bytes()).expect("sent");
        expect(&mut stream, BAD);
        // Closed, with or without a reset for bytes that were not read.
        assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)));
    }
}

#[test]
fn one_connection_too_many_closes_the_one_that_was_silent_longest() {
    let (server, _orders) = server();
    let request = b"PUT /seagull/command/burst HTTP/1.1\r\n\r\n";
    let mut streams: Vec<TcpStream> = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        let mut stream = connect(&server);
        stream.write_all(request).expect("sent");
        expect(&mut stream, OK);
        streams.push(stream);
    }
    let mut late = connect(&server);
    late.write_all(request).expect("sent");
    expect(&mut late, OK);
    assert!(matches!(streams[0].read(&mut [0; 1]), Ok(0) | Err(_)));
    streams[1].write_all(request).expect("sent");
    expect(&mut streams[1], OK);
}

#[test]
fn dropping_the_server_ends_its_connections_and_frees_its_port() {
    let (server, _orders) = server();
    let address = server.local_addr();
    let mut stream = connect(&server);
    drop(server);
    assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_port_in_use_is_told_with_what_to_do() {
    let (server, _orders) = server();
    let run = Run {
        orders: Box::new(|_| {}),
        snapshots: Box::new(|| None),
    };
    let address = server.local_addr();
    let error = Server::start(address, Arc::new(layout()), run).expect_err("the port is taken");
    assert!(matches!(error, ServerError::Bind { .. }));
    let text = error.to_string();
    assert!(text.contains(&address.to_string()), "{text}");
    assert!(text.contains("-ctrl IP:PORT"), "{text}");
}
