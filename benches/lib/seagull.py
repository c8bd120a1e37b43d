"""Running `gannet seagull` with Seagull's files, in a folder as Seagull's start scripts expect it."""
import csv
import glob
import os
import re
import shutil

from programs import Program


class Place:
    """A folder with `config`, `logs` and `run`, the last being where the programs run."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("config", "logs", "run"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def copy(self, source, *names):
        shutil.copyfile(source, self.path(*names))

    def configure(self, source, name, params, words=()):
        """Writes a copy of a configuration: traffic parameters set, words replaced."""
        with open(source, encoding="latin-1") as file:
            text = file.read()
        for old, new in words:
            if old not in text:
                raise SystemExit(f"{source} has no {old}")
            text = text.replace(old, new)
        text = set_params(text, params)
        with open(self.path("config", name), "w", encoding="latin-1") as file:
            file.write(text)

    def start(self, gannet, name, conf, dictionary, scenario, options=()):
        words = [gannet, "seagull", "-conf", f"../config/{conf}", "-dico", dictionary]
        words += ["-scen", scenario, "-log", f"../logs/{name}.log", "-llevel", "E", *options]
        return Program(words, self.path("run"), name)

    def statistics(self, prefix):
        """The lines of a statistics file, each a dictionary by column."""
        files = sorted(glob.glob(self.path("logs", f"{prefix}*.csv")))
        if not files:
            return []
        with open(files[-1], encoding="latin-1", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))

    def log(self, prefix):
        files = sorted(glob.glob(self.path("logs", f"{prefix}*log")))
        if not files:
            return ""
        with open(files[-1], encoding="latin-1") as file:
            return file.read()


def set_params(text, params):
    """Gives traffic parameters values, in the lines that set them or in lines of their own."""
    # Commented examples keep their values: they would be found first.
    live = re.sub(r"<!--.*?--\s*>", lambda match: " " * len(match.group()), text, flags=re.S)
    for name, value in params.items():
        line = re.compile(r'(name="%s"\s+value=")[^"]*(")' % re.escape(name))
        match = line.search(live)
        if match:
            new = f"{match.group(1)}{value}{match.group(2)}"
        else:
            match = re.search("(?=</configuration>)", live)
            new = f'<define entity="traffic-param" name="{name}" value="{value}"></define>\n'
        text = text[: match.start()] + new + text[match.end() :]
        live = live[: match.start()] + new + live[match.end() :]
    return text
