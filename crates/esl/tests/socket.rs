//! Client and server over TCP: with each other, and with peers that misbehave.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use gannet_esl::{Client, EslError, Service, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const LIMIT: Duration = Duration::from_secs(10);
/// For what never comes.
const SHORT: Duration = Duration::from_millis(50);

struct Shouts;

impl Service for Shouts {
    async fn api(&self, command: &str) -> String {
        format!("+OK {}\n", command.to_uppercase())
    }
}

async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, "ClueCon".to_owned(), Arc::new(Shouts)));
    address
}

/// A peer that says these things, each after it has read a command.
async fn scripted(greeting: &'static str, answers: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut octets = [0; 1024];
        stream.write_all(greeting.as_bytes()).await.unwrap();
        for answer in answers {
            if stream.read(&mut octets).await.unwrap() == 0 {
                return;
            }
            for octet in answer.as_bytes() {
                stream.write_all(&[*octet]).await.unwrap();
                stream.flush().await.unwrap();
            }
        }
        // Stays until the client goes.
        while stream.read(&mut octets).await.unwrap_or(0) > 0 {}
    });
    address
}

const ASKS: &str = "Content-Type: auth/request\n\n";
const ACCEPTED: &str = "Content-Type: command/reply\nReply-Text: +OK accepted\n\n";

#[tokio::test]
async fn commands_are_answered_and_jobs_told() {
    let mut client = Client::connect(server().await, "ClueCon", LIMIT)
        .await
        .unwrap();
    assert_eq!(
        client.api("show channels", LIMIT).await.unwrap(),
        "+OK SHOW CHANNELS\n"
    );
    client.listen(LIMIT).await.unwrap();
    let first = client.background("one", LIMIT).await.unwrap();
    let second = client.background("two", LIMIT).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(
        client.result(&second, LIMIT).await.unwrap().text,
        "+OK TWO\n"
    );
    assert_eq!(client.api("three", LIMIT).await.unwrap(), "+OK THREE\n");
    assert_eq!(
        client.result(&first, LIMIT).await.unwrap().text,
        "+OK ONE\n"
    );
}

#[tokio::test]
async fn results_come_only_to_those_who_listen() {
    let mut client = Client::connect(server().await, "ClueCon", LIMIT)
        .await
        .unwrap();
    let job = client.background("one", LIMIT).await.unwrap();
    let result = client.result(&job, SHORT).await;
    assert!(
        matches!(result, Err(EslError::Timeout { .. })),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let refused = Client::connect(server().await, "secret", LIMIT).await;
    let Err(EslError::Password { reply }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(reply, "-ERR invalid");
}

#[tokio::test]
async fn a_command_is_one_line() {
    let mut client = Client::connect(server().await, "ClueCon", LIMIT)
        .await
        .unwrap();
    let sent = client.api("status\n\napi shutdown", LIMIT).await;
    assert!(matches!(sent, Err(EslError::Command { .. })), "{sent:?}");
}

#[tokio::test]
async fn answers_come_in_pieces_and_between_events() {
    let address = scripted(
        ASKS,
        &[
            ACCEPTED,
            "Content-Length: 46\nContent-Type: text/event-plain\n\n\
             Event-Name: BACKGROUND_JOB\nJob-UUID: a\n\n+OK x\n\
             Content-Type: api/response\nContent-Length: 4\n\n+OK\n",
        ],
    )
    .await;
    let mut client = Client::connect(address, "ClueCon", LIMIT).await.unwrap();
    assert_eq!(client.api("status", LIMIT).await.unwrap(), "+OK\n");
    assert_eq!(client.result("a", LIMIT).await.unwrap().text, "+OK x\n");
}

#[tokio::test]
async fn a_server_that_goes_away_or_turns_away_is_told() {
    let address = scripted(
        ASKS,
        &[
            ACCEPTED,
            "Content-Type: text/disconnect-notice\nContent-Length: 4\n\nbye\n",
        ],
    )
    .await;
    let mut client = Client::connect(address, "ClueCon", LIMIT).await.unwrap();
    let answer = client.api("status", LIMIT).await;
    assert!(matches!(answer, Err(EslError::Closed { .. })), "{answer:?}");

    let address = scripted(
        "Content-Type: text/rude-rejection\nContent-Length: 15\n\nAccess Denied.\n",
        &[],
    )
    .await;
    let refused = Client::connect(address, "ClueCon", LIMIT).await;
    let Err(EslError::TurnedAway { reply }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(reply, "Access Denied.");
}

#[tokio::test]
async fn silence_and_other_protocols_are_told() {
    let silent = Client::connect(scripted("", &[]).await, "ClueCon", SHORT).await;
    assert!(
        matches!(silent, Err(EslError::Timeout { .. })),
        "{silent:?}"
    );

    let other = scripted("SIP/2.0 400 Bad Request\r\n\r\n", &[]).await;
    let other = Client::connect(other, "ClueCon", LIMIT).await.unwrap_err();
    assert_eq!(
        other.to_string(),
        "expected auth/request, received `SIP/2.0 400 Bad Request`"
    );

    let refusing = scripted(
        ASKS,
        &[
            ACCEPTED,
            "Content-Type: command/reply\nReply-Text: -ERR command not found\n\n",
        ],
    )
    .await;
    let mut client = Client::connect(refusing, "ClueCon", LIMIT).await.unwrap();
    let refused = client.background("nonsense", LIMIT).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the server refused `bgapi nonsense`: -ERR command not found"
    );
}

#[tokio::test]
async fn nobody_there() {
    let free = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let refused = Client::connect(free, "ClueCon", LIMIT).await;
    assert!(
        matches!(refused, Err(EslError::Connect { .. })),
        "{refused:?}"
    );
}
