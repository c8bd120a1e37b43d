"""SIPp's vocabulary: what a set of pairs should use, and why some of it cannot be used here.

A word is `kind: name`; the kinds are element, attribute, action, exec, keyword, option, transport.
"""

HEAD = "newer than SIPp 3.6.1, which is installed"
ENDS = "ends or holds up the run by itself; tried by the tests of the command line"
OUTPUT = "changes files, screens or the console only; tried by the tests of the command line"

ELEMENTS = """scenario send recv pause timewait nop sendCmd recvCmd label init action Global User Reference
DefaultMessage CallLengthRepartition ResponseTimeRepartition""".split()

ATTRIBUTES = """start_rtd rtd repeat_rtd counter crlf hide hiderest display condexec condexec_inverse next test
chance lost ontimeout ignoresdp retrans timeout start_txn ack_txn response_txn request response regexp_match
optional advance_state rrs auth milliseconds variable distribution sanity_check dest src""".split()

DISTRIBUTIONS = "fixed uniform normal lognormal exponential weibull pareto gpareto gamma negbin".split()

ACTIONS = """ereg log warning error assign assignstr todouble add subtract multiply divide sample test strcmp
trim urlencode urldecode gettimeofday index jump pauserestore lookup insert replace setdest closecon verifyauth
rtp_echo exec""".split()

EREG = "search_in=msg search_in=hdr search_in=body search_in=var occurrence occurence case_indep start_line check_it check_it_inverse".split()
COMPARE = "equal not_equal greater_than less_than greater_than_equal less_than_equal".split()

EXEC = """command int_cmd=stop_call int_cmd=stop_gracefully int_cmd=stop_now play_pcap_audio play_pcap_video
play_pcap_image play_dtmf rtp_stream=file rtp_stream=pause rtp_stream=resume rtp_stream=pattern rtp_echo""".split()

KEYWORDS = """service remote_ip remote_host remote_port transport local_ip local_ip_type local_port server_ip
media_ip media_ip_type media_port auto_media_port rtpstream_audio_port rtpstream_video_port call_number dynamic_id
call_id cseq pid users userid branch msg_index len next_url routes peer_tag_param last_* last_message
last_Request_URI last_cseq_number $variable fieldN fieldN(file) fieldN(line) file fill authentication
authentication(username) authentication(aka_K) clock_tick timestamp date tdmmap sipp_version cryptotag cryptosuite
ue_suite cryptokeyparams -key""".split()

OPTIONS = """-sf -sn -sd -oocsf -oocsn -rxsf -t -i -p -bind_local -bind_to_device -ci -cp -max_socket
-max_reconnect -reconnect_close -reconnect_sleep -rsa -tls_cert -tls_key -tls_ca -tls_crl -tls_version -multihome
-heartbeat -assocmaxret -pathmaxret -pmtu -gracefulclose -v -h -bg -nostdin -plugin -sleep -skip_rlimit -buff_size
-sendbuffer_warn -lost -key -set -tdmmap -dynamicStart -dynamicMax -dynamicStep -aa -base_cseq -cid_str -cid_type
-d -deadcall_wait -auth_uri -au -ap -s -default_behaviors -nd -pause_msg_ign -callid_slash_ign -inf -rxinf
-infindex -ip_field -mi -mp -min_rtp_port -max_rtp_port -rtp_echo -mb -rtp_payload -rtp_threadtasks -rtp_buffsize
-random_base_ssrc -audiotolerance -videotolerance -r -rp -rate_scale -rate_increase -rate_interval -rate_max
-no_rate_quit -l -m -users -recv_timeout -send_timeout -timeout -timeout_error -max_retrans -max_invite_retrans
-max_non_invite_retrans -nr -rtcheck -T2 -3pcc -master -slave -slave_cfg -timer_resol -max_recv_loops
-max_sched_loops -watchdog_interval -watchdog_minor_threshold -watchdog_major_threshold -watchdog_reset -f
-trace_stat -stf -fd -stat_delimiter -rfc3339 -periodic_rtd -trace_msg -trace_shortmsg -trace_counts -trace_err
-trace_error_codes -trace_calldebug -trace_screen -trace_rtt -rtt_freq -trace_logs -ringbuffer_files
-ringbuffer_size -max_log_size""".split()

TRANSPORTS = "u1 un ui t1 tn s1 sn l1 ln ipv6".split()

# What the harness gives to every party.
ALWAYS = """option:-sf option:-i option:-p option:-mi option:-mp option:-m option:-nostdin option:-trace_stat
option:-stf option:-fd option:-trace_counts option:-trace_logs option:-trace_err transport:u1""".split()

REASONS = {
    "attribute:advance_state": HEAD,
    "action:urlencode": HEAD,
    "action:urldecode": HEAD,
    "exec:rtp_stream=pattern": HEAD,
    "exec:rtp_echo": HEAD,
    "transport:l1": "the installed SIPp has no TLS",
    "transport:ln": "the installed SIPp has no TLS",
    "option:-sd": ENDS,
    "option:-v": ENDS,
    "option:-h": ENDS,
    "option:-bg": ENDS,
    "option:-plugin": "no plug-in is installed",
    "option:-bind_to_device": HEAD,
    "option:-send_timeout": "only a blocked socket shows it",
    "option:-sendbuffer_warn": "only a full socket shows it",
    "option:-max_reconnect": "needs a peer that dies; tried by the tests of the command line",
    "option:-reconnect_close": "needs a peer that dies; tried by the tests of the command line",
    "option:-reconnect_sleep": "needs a peer that dies; tried by the tests of the command line",
    "option:-lost": "draws from a random source seeded by the time, so no two runs are equal",
}
for _word in "rxsf rxinf cid_type rfc3339 min_rtp_port max_rtp_port random_base_ssrc audiotolerance videotolerance".split():
    REASONS[f"option:-{_word}"] = HEAD
for _word in "cert key ca crl version".split():
    REASONS[f"option:-tls_{_word}"] = "the installed SIPp has no TLS"
for _word in """f stat_delimiter periodic_rtd trace_msg trace_shortmsg trace_error_codes trace_calldebug trace_screen
trace_rtt rtt_freq ringbuffer_files ringbuffer_size max_log_size ci cp""".split():
    REASONS[f"option:-{_word}"] = OUTPUT
for _word in "cryptotag cryptosuite ue_suite cryptokeyparams".split():
    REASONS[f"keyword:{_word}"] = HEAD
for _word in """timer_resol max_recv_loops max_sched_loops watchdog_interval watchdog_minor_threshold
watchdog_major_threshold watchdog_reset skip_rlimit""".split():
    REASONS[f"option:-{_word}"] = "tunes SIPp's own loop; nothing of it is on the wire"


def words():
    """Every word of the vocabulary."""
    for kind, names in (
        ("element", ELEMENTS), ("attribute", ATTRIBUTES), ("distribution", DISTRIBUTIONS), ("action", ACTIONS),
        ("ereg", EREG), ("compare", COMPARE), ("exec", EXEC), ("keyword", KEYWORDS), ("option", OPTIONS),
        ("transport", TRANSPORTS),
    ):
        for name in names:
            yield f"{kind}:{name}"
