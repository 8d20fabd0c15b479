# The Blawby sandbox, on the image that is shipped and never in it.
FROM shipped
COPY sandbox sandbox
CMD ["python", "-m", "sandbox", "--host", "0.0.0.0", "--port", "8300"]
