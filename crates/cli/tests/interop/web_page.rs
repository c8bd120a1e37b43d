//! The live page and the report of a run, in a browser.
//!
//! With `GANNET_SCREENSHOTS=FOLDER` what the browser shows is kept there; those of `docs/screenshots`
//! were made so.

use std::path::PathBuf;
use std::time::Duration;

use crate::harness::{Browser, Ports, Process, Site, until};

const LIMIT: Duration = Duration::from_mins(1);

/// One call of ten is busy.
const CALLEE: &str = r#"<scenario name="sometimes busy">
<recv request="INVITE"/>
<nop next="1" chance="0.1"/>
<send><![CDATA[

SIP/2.0 180 Ringing
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<pause milliseconds="30"/>
<send retrans="500"><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
Content-Length: 0

]]></send>
<recv request="ACK"/>
<recv request="BYE"/>
<send next="2"><![CDATA[

SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<label id="1"/>
<send><![CDATA[

SIP/2.0 486 Busy Here
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
<recv request="ACK"/>
<label id="2"/>
</scenario>"#;

#[test]
fn a_run_is_watched_steered_and_reported_in_a_browser() {
    let name = "a_run_is_watched_steered_and_reported_in_a_browser";
    let Some(site) = Site::open(name, &["chromium", "chromedriver"]) else {
        return;
    };
    let ports = Ports::free();
    site.write("callee.xml", CALLEE);
    let gannet = |name: &str, words: &str| {
        let folder = site.file("");
        Process::start(env!("CARGO_BIN_EXE_gannet"), &site.file(name), |command| {
            command
                .arg("sipp")
                .args(words.split(' '))
                .current_dir(folder);
        })
    };
    let at = ports.nth(0);
    let _callee = gannet(
        "callee.log",
        &format!("-sf callee.xml -i 127.0.0.1 -p {at}"),
    );
    let browser = Browser::start(&site, ports.nth(1), (1280, 900));
    let mut caller = gannet(
        "caller.log",
        &format!("-sn uac -i 127.0.0.1 -r 20 -http 127.0.0.1:0 -out run 127.0.0.1:{at}"),
    );
    let url = until("the live page", LIMIT, || {
        let said = caller.output();
        let (_, rest) = said.split_once("web page: ")?;
        let (url, _) = rest.split_once('\n')?;
        Some(url.to_owned())
    });

    watch_and_steer(&browser, &url);
    picture(&site, &browser, "dashboard.png");
    browser.click("#pause");
    browser.wait_for("figures.phase === 'running'");
    browser.wait_for("figures.calls.failed > 0");
    browser
        .wait_for("document.querySelector('#failures').textContent.includes('unexpected message')");
    browser.click("#stop");
    browser.wait_for("document.querySelector('#phase').textContent === 'failed'");
    let ended = caller.wait(LIMIT);
    assert_eq!(ended.code, Some(1), "{}", ended.output);

    // The run is over, and with it its server: the report is only a file.
    browser.open(&format!(
        "file://{}",
        site.file("run/report.html").display()
    ));
    browser.wait_for("document.querySelectorAll('.chart').length >= 4");
    let loaded = browser.value("performance.getEntriesByType('resource').length");
    assert_eq!(loaded, 0, "the report loads something");
    picture(&site, &browser, "report.png");
    ladder_is_legible(&browser);
    browser.value("document.querySelector('.ladder').scrollIntoView({block: 'center'})");
    picture(&site, &browser, "failed-call.png");
}

fn watch_and_steer(browser: &Browser, url: &str) {
    const CURVE: &str = "document.querySelector('[data-curve=begun]').getAttribute('points')";
    browser.open(url);
    browser.wait_for("figures !== null && figures.phase === 'running'");
    browser.wait_for(&format!("{CURVE}.split(' ').length >= 3"));
    let before = browser.value(CURVE);
    browser.wait_for(&format!("{CURVE} !== {before}"));

    browser.type_into("#rate", "60");
    browser.click("#set-rate");
    browser.wait_for("document.querySelector('[data-figure=rate_wanted]').textContent === '60'");
    browser.wait_for("points.at(-1).begun >= 50");
    browser.type_into("#rate", "30");
    browser.type_into("#over", "3");
    browser.click("#ramp");
    browser.wait_for("figures.rate_wanted > 30 && figures.rate_wanted < 60");
    browser.wait_for("figures.rate_wanted === 30");

    browser.click("#pause");
    browser.wait_for("document.querySelector('#phase').textContent === 'paused'");
    browser.wait_for("figures.calls.open === 0 && points.at(-1).begun === 0");
    assert_eq!(
        browser.value("document.querySelector('#pause').textContent"),
        "resume"
    );
}

/// Every text of a failed call's ladder is within the image, large enough, and on no other one.
fn ladder_is_legible(browser: &Browser) {
    let shown = "document.querySelector('.ladder').textContent";
    for part in ["INVITE", "486 Busy Here", "ACK"] {
        browser.wait_for(&format!("{shown}.includes('{part}')"));
    }
    let faults = "(() => {
        const ladder = document.querySelector('.ladder'), whole = ladder.getBoundingClientRect();
        const texts = [...ladder.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect(), parseFloat(getComputedStyle(text).fontSize)]);
        const faults = [];
        texts.forEach(([text, box, size], index) => {
            if (size < 12 || box.width < 5) faults.push('too small: ' + text);
            if (box.left < whole.left - 1 || box.right > whole.right + 1 || box.bottom > whole.bottom + 1) faults.push('outside: ' + text);
            for (const [other, its] of texts.slice(index + 1))
                if (box.left < its.right - 1 && its.left < box.right - 1 && box.top < its.bottom - 3 && its.top < box.bottom - 3) faults.push(text + ' on ' + other);
        });
        return faults.join('; ');
    })()";
    assert_eq!(browser.value(faults), "");
}

fn picture(site: &Site, browser: &Browser, name: &str) {
    let path = match std::env::var_os("GANNET_SCREENSHOTS") {
        Some(folder) => PathBuf::from(folder).join(name),
        None => site.file(name),
    };
    browser.screenshot(&path);
    assert!(
        std::fs::metadata(&path).unwrap().len() > 10_000,
        "an empty picture"
    );
}
