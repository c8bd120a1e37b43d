//! The exchange of `bare_socket` through [`Ports`], to see what they cost beyond the system calls.
//! Both programs can play either end.

mod common;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use common::{
    Args, Caller, Figures, Pace, Role, Templates, Usage, announce, answers, read_header, report,
};
use gannet_net::NetError;
use gannet_net::load::{PortEvent, PortId, PortLimits, PortOptions, Ports};

/// How long a client waits for datagrams before it looks at the clock.
const TICK: Duration = Duration::from_millis(1);
/// A run ends when nothing came for this long.
const QUIET: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    report(Args::read().and_then(|args| run(&args).map_err(|error| error.to_string())))
}

fn run(args: &Args) -> Result<Figures, NetError> {
    let mut ports = Ports::new(PortLimits::default())?;
    let options = PortOptions {
        segmentation: args.segmentation,
        ..PortOptions::default()
    };
    let port = ports.open_udp(args.bind, &options)?;
    let mut end = End {
        templates: Templates::new(args.sizes),
        flows: args.flows,
        message: Vec::with_capacity(args.datagram_bytes_max()),
    };
    match args.role {
        Role::Client => client(args, &mut ports, port, &mut end),
        Role::Server => server(args, &mut ports, port, &mut end),
    }
}

/// What both ends send with.
struct End {
    templates: Templates,
    flows: bool,
    message: Vec<u8>,
}

impl End {
    fn send(&mut self, ports: &mut Ports, port: PortId, to: SocketAddr, (call, kind): (u64, u8)) {
        self.message.clear();
        self.templates.append(kind, call, &mut self.message);
        let parts: &[&[u8]] = &[&self.message];
        // The low bits of a call's number are its place among the open calls.
        if self.flows {
            ports.send_in_flow(port, Some(to), call as u32, parts);
        } else {
            ports.send(port, Some(to), parts);
        }
    }
}

fn client(
    args: &Args,
    ports: &mut Ports,
    port: PortId,
    end: &mut End,
) -> Result<Figures, NetError> {
    let mut caller = Caller::new(args.in_flight_max);
    let before = Usage::now();
    let pace = Pace::new(args.rate, args.length, args.calls_max);
    let mut heard = Instant::now();
    loop {
        let (due, over) = pace.due(caller.started);
        while caller.started < due
            && let Some(call) = caller.start()
        {
            end.send(ports, port, args.to, call);
        }
        if (over && caller.in_flight() == 0) || heard.elapsed() > QUIET {
            break;
        }
        let count = ports.poll_with(Some(TICK), &mut |ports, event| {
            if let PortEvent::Datagram {
                port, from, bytes, ..
            } = event
                && let Some((call, kind)) = read_header(bytes)
            {
                for &kind in caller.receive(call, kind) {
                    end.send(ports, port, from, (call, kind));
                }
            }
        })?;
        if count > 0 {
            heard = Instant::now();
        }
    }
    let (elapsed, lost) = (pace.elapsed(), caller.in_flight());
    Ok(figures(args, ports, before, elapsed, (caller.done, lost)))
}

fn server(
    args: &Args,
    ports: &mut Ports,
    port: PortId,
    end: &mut End,
) -> Result<Figures, NetError> {
    announce(ports.local_addr(port).expect("open"));
    let mut begun: Option<(Instant, Usage)> = None;
    let mut heard = Instant::now();
    let mut calls = 0;
    loop {
        let count = ports.poll_with(Some(QUIET), &mut |ports, event| {
            if let PortEvent::Datagram {
                port, from, bytes, ..
            } = event
                && let Some((call, kind)) = read_header(bytes)
            {
                let kinds = answers(kind);
                calls += u64::from(kinds.len() == 1);
                for &kind in kinds {
                    end.send(ports, port, from, (call, kind));
                }
            }
        })?;
        if count > 0 {
            heard = Instant::now();
            begun.get_or_insert_with(|| (heard, Usage::now()));
        }
        let over = args.calls_max.is_some_and(|most| calls >= most);
        if over || (begun.is_some() && heard.elapsed() >= QUIET) {
            ports.flush();
            break;
        }
    }
    let (start, before) = begun.expect("ends after the first datagram only");
    Ok(figures(args, ports, before, heard - start, (calls, 0)))
}

fn figures(
    args: &Args,
    ports: &Ports,
    before: Usage,
    elapsed: Duration,
    calls: (u64, u64),
) -> Figures {
    let counters = ports.counters();
    let system_calls = (counters.send_calls, counters.receive_calls);
    Figures::new("ports_call", args, before, elapsed, calls, system_calls)
}
