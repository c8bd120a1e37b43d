//! Two processes of this program are full phones without media that call each other over UDP:
//! transactions, dialogs, digest, offer and answer, the look of a device model. `benches/phones.sh`
//! runs it and says what a call costs. It prints one line of JSON when it ends. As `pair` both are in
//! one process without sockets, and do the same with each run: for counting instructions.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that measures itself"
)]

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_net::load::{PortEvent, PortId, PortLimits, PortOptions, Ports};
use gannet_phone::{AuthUser, PhoneConfig, ProfileLibrary, SignallingEvent, SignallingPhone};
use gannet_sip::{Transport, Uri};
use gannet_ua::{Target, Transmit};

/// That of the `gannet` binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Longest sleep.
const TICK: Duration = Duration::from_millis(1);
/// Time between two looks at the socket while there are calls: to be woken for each message costs as
/// much as to play it.
const REST: Duration = Duration::from_millis(1);
/// A callee ends when nothing came for so long, a caller gives up then.
const QUIET: Duration = Duration::from_secs(3);
const USAGE: &str = "usage: phones callee ADDRESS MODEL | phones caller ADDRESS MODEL TO RATE CALLS HOLD_S | phones pair MODEL CALLS";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(words: &[String]) -> Result<String, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["callee", bind, model] => Line::open("bob", address(bind)?, model)?.serve(),
        ["caller", bind, model, to, rate, calls, hold] => {
            let plan = Plan {
                to: address(to)?,
                rate: number(rate)?,
                calls: number(calls)?,
                hold: Duration::from_secs(number(hold)?),
            };
            Line::open("alice", address(bind)?, model)?.call(&plan)
        }
        ["pair", model, calls] => Pair::new(model)?.play(number(calls)?),
        _ => Err(USAGE.to_owned()),
    }
}

fn address(word: &str) -> Result<SocketAddr, String> {
    let expected = || format!("expected an address with port, found `{word}`\n{USAGE}");
    word.parse().map_err(|_| expected())
}

fn number(word: &str) -> Result<u64, String> {
    let expected = || format!("expected a number, found `{word}`\n{USAGE}");
    word.parse().map_err(|_| expected())
}

/// What a caller is to do.
struct Plan {
    to: SocketAddr,
    /// Calls per second.
    rate: u64,
    calls: u64,
    /// How long all calls stay open together; zero: each ends as soon as it is answered.
    hold: Duration,
}

fn phone(user: &str, bind: SocketAddr, model: &str) -> Result<SignallingPhone, String> {
    let profile = ProfileLibrary::shipped()
        .load(model)
        .map_err(|error| error.to_string())?;
    let mut config = PhoneConfig::new(user, profile);
    user.clone_into(&mut config.user);
    "phones.test".clone_into(&mut config.domain);
    let alice = AuthUser {
        user: "alice".to_owned(),
        password: "secret".to_owned(),
    };
    config.auth = Some(alice.clone());
    let mut phone = SignallingPhone::new(config, bind).map_err(|error| error.to_string())?;
    if user == "bob" {
        phone.require(Instant::now(), "phones.test", alice);
    }
    Ok(phone)
}

/// A phone and its socket.
struct Line {
    phone: SignallingPhone,
    ports: Ports,
    port: PortId,
    heard: Instant,
    /// When the socket was last looked at.
    looked: Instant,
}

/// What came of the calls.
#[derive(Default)]
struct Tally {
    begun: u64,
    answered: u64,
    well: u64,
    failed: u64,
}

impl Line {
    fn open(user: &str, bind: SocketAddr, model: &str) -> Result<Self, String> {
        let mut ports = Ports::new(PortLimits::default()).map_err(|error| error.to_string())?;
        let options = PortOptions {
            segmentation: true,
            ..PortOptions::default()
        };
        let port = ports
            .open_udp(bind, &options)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            phone: phone(user, bind, model)?,
            ports,
            port,
            heard: Instant::now(),
            looked: Instant::now(),
        })
    }

    fn serve(&mut self) -> Result<String, String> {
        let mut tally = Tally::default();
        let begun = Instant::now();
        loop {
            self.turn(TICK)?;
            self.count(&mut tally);
            let idle = self.phone.open_calls() == 0 && self.heard.elapsed() > QUIET;
            if idle && (tally.answered > 0 || begun.elapsed() > QUIET * 10) {
                return Ok(report(&tally, begun.elapsed()));
            }
        }
    }

    fn call(&mut self, plan: &Plan) -> Result<String, String> {
        let uri = Uri::parse(&format!("sip:bob@{}", plan.to)).map_err(|error| error.to_string())?;
        let mut tally = Tally::default();
        let begun = Instant::now();
        let mut open = Vec::new();
        while tally.well + tally.failed < plan.calls {
            let due = (begun.elapsed().as_secs_f64() * plan.rate as f64) as u64;
            while tally.begun < due.min(plan.calls) {
                let called = self.phone.call(Instant::now(), uri.clone());
                called.map_err(|error| error.to_string())?;
                tally.begun += 1;
            }
            self.turn(TICK)?;
            let answered = self.count(&mut tally);
            if plan.hold.is_zero() {
                self.hang_up(answered);
            } else {
                open.extend(answered);
                if open.len() as u64 == plan.calls {
                    println!("open");
                    self.linger(plan.hold)?;
                    self.hang_up(std::mem::take(&mut open));
                }
            }
            if self.heard.elapsed() > QUIET {
                tally.failed = plan.calls - tally.well;
            }
        }
        Ok(report(&tally, begun.elapsed()))
    }

    fn hang_up(&mut self, calls: Vec<gannet_ua::endpoint::CallId>) {
        let now = Instant::now();
        for call in calls {
            self.phone.hang_up(now, call);
        }
    }

    /// Nothing new for a while, but for what the timers bring.
    fn linger(&mut self, time: Duration) -> Result<(), String> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.turn(TICK)?;
        }
        self.heard = Instant::now();
        Ok(())
    }

    /// Counts what happened, and gives the calls that were answered.
    fn count(&mut self, tally: &mut Tally) -> Vec<gannet_ua::endpoint::CallId> {
        let mut answered = Vec::new();
        while let Some(event) = self.phone.poll_event() {
            match event {
                SignallingEvent::Answered(call) => {
                    tally.answered += 1;
                    answered.push(call);
                }
                SignallingEvent::Confirmed(_) => tally.answered += 1,
                SignallingEvent::Ended { well: true, .. } => tally.well += 1,
                SignallingEvent::Ended { well: false, .. } => tally.failed += 1,
            }
        }
        answered
    }

    /// Sends, receives, and lets time pass.
    fn turn(&mut self, wait: Duration) -> Result<(), String> {
        let rest = (self.looked + REST).saturating_duration_since(Instant::now());
        if self.phone.open_calls() > 0 && !rest.is_zero() {
            self.ports.flush();
            std::thread::sleep(rest);
        }
        let (phone, port, heard) = (&mut self.phone, self.port, &mut self.heard);
        let now = Instant::now();
        self.looked = now;
        if phone
            .next_deadline()
            .is_some_and(|deadline| deadline <= now)
        {
            phone.handle_timeout(now);
        }
        while let Some(transmit) = phone.poll_transmit() {
            send(&mut self.ports, port, &transmit);
        }
        let polled = self.ports.poll_with(Some(wait), &mut |ports, event| {
            let PortEvent::Datagram { from, bytes, .. } = event else {
                return;
            };
            let now = Instant::now();
            *heard = now;
            let source = Target::new(Transport::Udp, from);
            phone.handle_message(now, Bytes::copy_from_slice(bytes), source);
            while let Some(transmit) = phone.poll_transmit() {
                send(ports, port, &transmit);
            }
        });
        polled.map(drop).map_err(|error| error.to_string())
    }
}

/// Messages of different calls may overtake each other: those of one length then leave together.
fn send(ports: &mut Ports, port: PortId, transmit: &Transmit) {
    const CALL_ID: &[u8] = b"\r\nCall-ID: ";
    let to = Some(transmit.target.address);
    let bytes = &*transmit.bytes;
    let value = memchr::memmem::find(bytes, CALL_ID).map(|at| &bytes[at + CALL_ID.len()..]);
    match value.and_then(<[u8]>::first_chunk) {
        Some(start) => ports.send_in_flow(port, to, u32::from_le_bytes(*start), &[bytes]),
        None => ports.send(port, to, &[bytes]),
    }
}

/// Both phones in one process, with nothing between them.
struct Pair {
    phones: [SignallingPhone; 2],
    addresses: [SocketAddr; 2],
}

impl Pair {
    fn new(model: &str) -> Result<Self, String> {
        let addresses = [5062, 5064].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let [alice, bob] = addresses;
        Ok(Self {
            phones: [phone("alice", alice, model)?, phone("bob", bob, model)?],
            addresses,
        })
    }

    /// One call after the other.
    fn play(&mut self, calls: u64) -> Result<String, String> {
        let to = format!("sip:bob@{}", self.addresses[1]);
        let uri = Uri::parse(&to).map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let mut tally = Tally::default();
        for _ in 0..calls {
            let called = self.phones[0].call(begun, uri.clone());
            called.map_err(|error| error.to_string())?;
            tally.begun += 1;
            self.carry(begun);
            while let Some(event) = self.phones[0].poll_event() {
                if let SignallingEvent::Answered(call) = event {
                    tally.answered += 1;
                    self.phones[0].hang_up(begun, call);
                    self.carry(begun);
                } else if matches!(event, SignallingEvent::Ended { well: true, .. }) {
                    tally.well += 1;
                }
            }
            while self.phones[1].poll_event().is_some() {}
        }
        tally.failed = tally.begun - tally.well;
        Ok(report(&tally, begun.elapsed()))
    }

    /// Carries messages between both until there are none.
    fn carry(&mut self, now: Instant) {
        let mut idle = 0;
        let mut from = 0;
        while idle < 2 {
            idle += 1;
            let source = Target::new(Transport::Udp, self.addresses[from]);
            while let Some(transmit) = self.phones[from].poll_transmit() {
                idle = 0;
                let bytes = Bytes::copy_from_slice(&transmit.bytes);
                self.phones[1 - from].handle_message(now, bytes, source);
            }
            from = 1 - from;
        }
    }
}

fn report(tally: &Tally, elapsed: Duration) -> String {
    format!(
        "{{\"begun\":{},\"answered\":{},\"well\":{},\"failed\":{},\"elapsed_s\":{:.3}}}",
        tally.begun,
        tally.answered,
        tally.well,
        tally.failed,
        elapsed.as_secs_f64()
    )
}
