"""Says which pair uses which word of SIPp's vocabulary, and which words no pair uses."""

import re

from . import vocabulary

RTP_COMMANDS = ("pause", "resume")


def report(pairs):
    """Prints the table in Markdown; returns 1 if a word is unused without a reason."""
    users = {}
    for pair in pairs:
        for word in used(pair):
            users.setdefault(word, []).append(pair.name)
    always = set(vocabulary.ALWAYS)
    unexplained = []
    print("# What the pairs cover\n")
    print(f"Made by `interop/sipp/differ --coverage interop/sipp/pairs`. {len(pairs)} pairs; up to three are named for each word.\n")
    _print_pairs(pairs)
    kind = ""
    for word in vocabulary.words():
        if word.split(":")[0] != kind:
            kind = word.split(":")[0]
            print(f"\n## {kind}\n\n| word | pairs |\n|---|---|")
        names = users.get(word, [])
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            text = ", ".join(names[:3]) + more
        elif word in always:
            text = "all"
        elif word in vocabulary.REASONS:
            text = f"none: {vocabulary.REASONS[word]}"
        else:
            text = "**none**"
            unexplained.append(word)
        print(f"| `{word.split(':', 1)[1]}` | {text} |")
    print("\n## Used by no pair, without a reason\n")
    print(", ".join(f"`{word}`" for word in unexplained) or "Nothing.")
    return 1 if unexplained else 0


def _print_pairs(pairs):
    print("## pairs\n\n| pair | what for |\n|---|---|")
    for pair in pairs:
        comments = [s.comment for s in pair.scenarios().values()]
        first = re.sub(r"\s+", " ", comments[-1] if comments else pair.note)
        print(f"| {pair.name} | {re.sub(r' This is .*| The scenario is refused.*', '', first)} |")


def used(pair):
    """The words that a pair uses."""
    found = set()
    for read in pair.scenarios().values():
        for element in read.elements:
            found |= set(_of_element(element))
        for inner in read.keywords():
            found |= {f"keyword:{name}" for name in _of_keyword(inner)}
    for party in pair.parties:
        options = party.options
        found |= {f"option:{option}" for option in options if option.startswith("-")}
        for name, value in zip(options, options[1:]):
            if name == "-t":
                found.add(f"transport:{value}")
            if name == "-i" and ":" in value:
                found.add("transport:ipv6")
            if name == "-key":
                found.add("keyword:-key")
        if party.scenario.startswith(":"):
            found.add("option:-sn")
    return found


def _of_element(element):
    attrs = element.attrs
    yield f"element:{element.name}"
    yield f"action:{element.name}"
    for name, value in attrs.items():
        yield f"attribute:{name}"
        if name == "compare":
            yield f"compare:{value}"
        if name == "distribution":
            yield f"distribution:{value}"
    if element.name == "ereg":
        yield f"ereg:search_in={attrs.get('search_in', 'msg')}"
        for name in attrs:
            yield f"ereg:{name}"
    if element.name == "exec":
        for name, value in attrs.items():
            if name == "int_cmd":
                yield f"exec:int_cmd={value}"
            elif name == "rtp_stream":
                pattern = re.match(r"(resume|pause)?[av]pattern", value)
                yield "exec:rtp_stream=" + ("pattern" if pattern else value if value in RTP_COMMANDS else "file")
            else:
                yield f"exec:{name}"


def _of_keyword(inner):
    name = re.split(r"[\s+]|-\d", inner)[0].rstrip(":")
    if inner.startswith("$"):
        return ["$variable"]
    if re.fullmatch(r"field\d+", name):
        return ["fieldN", *(f"fieldN({word})" for word in ("file", "line") if f"{word}=" in inner)]
    if name == "authentication":
        return [name, *(f"{name}({word})" for word in ("username", "aka_K") if f"{word}=" in inner)]
    if name.startswith("last_"):
        return [name if name in vocabulary.KEYWORDS else "last_*"]
    for prefix, word in (("cryptotag", "cryptotag"), ("cryptosuite", "cryptosuite"), ("ueaescm", "ue_suite"), ("cryptokeyparams", "cryptokeyparams")):
        if name.startswith(prefix):
            return [word]
    return [name]
