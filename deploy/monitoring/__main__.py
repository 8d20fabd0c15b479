"""`python -m deploy.monitoring`: writes the generated files of Prometheus and Grafana."""

from deploy.monitoring.files import generated


def main() -> None:
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
