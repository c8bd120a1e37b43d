//! What a player asks of the world around it.

use std::net::{IpAddr, SocketAddr};

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::MediaKind;

use crate::shard::{PortKey, Way};

/// Sockets, date, files, media and logs: what a player does not have itself.
pub trait World {
    /// Queues one message. It leaves at the end of the turn at the latest. Messages of one flow
    /// keep their order; those of different flows need not.
    fn send(&mut self, way: Way, flow: u32, message: &[u8]);

    /// Whether a connection takes another message now. Calls wait with sending until it does.
    fn takes(&mut self, way: Way) -> bool {
        let _ = way;
        true
    }

    /// Opens a socket for one call, under a number that is new. A datagram socket can be used at
    /// once; a connection is answered later by
    /// `Player::handle_connected` or
    /// `Player::handle_closed`.
    fn open(&mut self, request: OpenRequest) -> Result<PortKey, OpenError>;

    /// Closes what was opened for a call, after all that was sent has left.
    fn close(&mut self, port: PortKey);

    /// The own address of a socket.
    fn local_addr(&self, port: PortKey) -> Option<SocketAddr>;

    /// Seconds and microseconds since 1970.
    fn time_of_day(&self) -> (u64, u32);

    /// Appends the local time as log files have it.
    fn timestamp(&mut self, out: &mut Vec<u8>);

    /// The address of a name (`setdest`).
    fn resolve(&mut self, host: &str) -> Option<IpAddr>;

    /// Appends the content of a file; false if it cannot be read.
    fn read_file(&mut self, name: &[u8], out: &mut Vec<u8>) -> bool;

    /// Starts a command of the system, and does not wait for it.
    fn execute(&mut self, command: &[u8]);

    /// Sends a twin command; `to` is the name of the peer in extended 3PCC. False if it cannot be
    /// sent.
    fn send_command(&mut self, to: Option<&str>, text: &[u8]) -> bool;

    /// A port for the RTP streams of a call, the same one for the same call and kind; `None` if
    /// there is none left.
    fn media_port(&mut self, call: u32, kind: MediaKind) -> Option<u16>;

    /// Does something with the media of a call.
    fn media(&mut self, call: u32, order: MediaOrder<'_>);

    /// Takes an entry for the logs. Called only for what [`Levels`] ask for.
    fn log(&mut self, entry: LogEntry<'_>);
}

/// A socket that a call wants for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRequest {
    /// The protocol.
    pub protocol: Protocol,
    /// The own address, if it matters (`-t ui`).
    pub local: Option<IpAddr>,
    /// The peer.
    pub remote: Option<SocketAddr>,
}

/// A socket could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There are as many as there may be (`-max_socket`): one of those that are there is used.
    #[error("as many sockets as there may be are open")]
    Full,
    /// The system gives none.
    #[error("the system gives no socket")]
    Refused,
}

/// Transport protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// Datagrams.
    #[default]
    Udp,
    /// Streams.
    Tcp,
    /// Streams with TLS.
    Tls,
    /// Streams of messages.
    Sctp,
}

impl Protocol {
    /// As `[transport]` and a Via header field name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Sctp => "SCTP",
        }
    }

    /// A lost message is lost.
    pub fn is_unreliable(self) -> bool {
        self == Self::Udp
    }
}

/// What is to be done with the media of a call. Texts are as in the scenario, rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaOrder<'a> {
    /// The peer's SDP says where its media are wanted.
    Remote {
        /// The kind.
        kind: MediaKind,
        /// Address and port.
        address: SocketAddr,
    },
    /// The own SDP names this port for the media.
    Local {
        /// The kind.
        kind: MediaKind,
        /// The port.
        port: u16,
    },
    /// The peer's session description, told only if the scenario has keywords of SDES.
    PeerDescription(&'a [u8]),
    /// The own one, as it was sent; only then too.
    OwnDescription(&'a [u8]),
    /// `play_pcap_*`.
    PlayCapture {
        /// Where its packets go.
        kind: MediaKind,
        /// The file.
        file: &'a [u8],
    },
    /// `play_dtmf`.
    PlayDtmf(&'a [u8]),
    /// `rtp_stream`.
    RtpStream(&'a [u8]),
    /// `rtp_echo` of the call.
    RtpEcho(&'a [u8]),
    /// `rtp_echo` of the process.
    EchoAll(bool),
    /// The call is over.
    End,
}

/// Which entries the logs take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Levels {
    /// Messages sent and received.
    pub messages: bool,
    /// Warnings and errors.
    pub errors: bool,
    /// What `log` actions write.
    pub user: bool,
    /// The inner history of calls that are aborted.
    pub call_history: bool,
    /// Each response time (`-trace_rtt`).
    pub response_times: bool,
}

/// What happens in a call.
#[derive(Debug, Clone, Copy)]
pub enum CallEvent<'a> {
    /// It began.
    Begun,
    /// It sent a message, again or not.
    Sent {
        /// Number of the step, from 0.
        step: usize,
        /// How.
        protocol: Protocol,
        /// All of it.
        message: &'a [u8],
    },
    /// It was given a message.
    Received(&'a [u8]),
    /// It failed, in the step of that number.
    Failed(usize, Failure),
    /// It is over.
    Ended,
}

/// An entry for the logs.
#[derive(Debug, Clone, Copy)]
pub enum LogEntry<'a> {
    /// A message was sent.
    Sent {
        /// How.
        protocol: Protocol,
        /// All of it.
        message: &'a [u8],
    },
    /// A message was received.
    Received {
        /// How.
        protocol: Protocol,
        /// All of it.
        message: &'a [u8],
    },
    /// A twin command was sent.
    CommandSent(&'a [u8]),
    /// A twin command was received.
    CommandReceived(&'a [u8]),
    /// Something is odd, in words; the run goes on.
    Warning(&'a str),
    /// Text of a `log` action.
    User(&'a [u8]),
    /// Something happened in a call.
    Call {
        /// Its Call-ID.
        call_id: &'a [u8],
        /// What.
        event: CallEvent<'a>,
    },
    /// A response time was taken.
    ResponseTime {
        /// When, in nanoseconds since the start.
        at_ns: u64,
        /// The time, in nanoseconds.
        time_ns: u64,
        /// Number of the timer in the layout, from 0.
        timer: usize,
    },
}
